using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// The standby's templates: records say which connections hold one, not which, so the key is made again from the service. A hold that cannot be found
/// now (the template's record comes later in a snapshot) is looked for again at the snapshot's end.
/// </summary>
internal sealed class RemoteTemplates(ConnectionTable connections, ServiceTable services)
{
    /// <summary>A record of the active stands in this slot now, or is confirmed at the end of a snapshot.</summary>
    public void Applied(int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        if (flow.Kind == ConnectionKind.Template)
        {
            RestoreTimeout(ref flow);
        }
        else if ((flow.Traits & ConnectionTraits.HoldsTemplate) != 0 && connections.ControllerOf(in flow) == 0)
        {
            Bind(slot, in flow, now);
        }
    }

    /// <summary>The record tells what is left of the time-out; the service tells what it was.</summary>
    private void RestoreTimeout(ref Flow flow)
    {
        if (services.Find(ServiceOf(in flow))?.Config.Persistence is { } persistence)
        {
            flow.OwnTimeout = Math.Max(flow.OwnTimeout, (uint)persistence.Timeout.TotalMilliseconds);
        }
    }

    private void Bind(int slot, in Flow flow, long now)
    {
        ServiceKey service = ServiceOf(in flow);
        if (services.Find(service)?.Config.Persistence is { } persistence)
        {
            TemplateKey key = TemplateKey.Of(service, persistence, flow.Protocol, flow.Client, flow.Virtual, flow.VirtualPort);
            int template = connections.FindOutside(key.ToTuple(), now);
            if (template != 0)
            {
                connections.Control(slot, template);
            }
        }
    }

    private static ServiceKey ServiceOf(in Flow flow) => flow.Mark != 0
        ? ServiceKey.OfMark(flow.Mark, v6: !flow.Server.IsV4)
        : new ServiceKey(flow.Protocol, flow.Virtual, flow.ServicePort);
}
