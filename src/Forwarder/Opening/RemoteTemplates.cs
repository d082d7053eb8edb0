using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>
/// The standby's templates: records say which connections hold one, not which, so the key is made again from the service, and from the Call-ID's digest
/// where there is one. A hold that cannot be found now (the template's record comes later in a snapshot) is looked for again at the snapshot's end.
/// </summary>
internal sealed class RemoteTemplates(ConnectionTable connections, ServiceTable services)
{
    /// <summary>By slot: connections whose template, one with a Call-ID, has not come yet, and the stamps that they had.</summary>
    private readonly Dictionary<int, (uint Stamp, CallDigest Call)> _waiting = [];

    /// <summary>A snapshot begins: it says everything anew.</summary>
    public void Forget() => _waiting.Clear();

    /// <summary>A record of the active stands in this slot now.</summary>
    public void Applied(int slot, in ConnectionRecord record, long now)
    {
        ref Flow flow = ref connections[slot];
        if (flow.Kind == ConnectionKind.Template)
        {
            RestoreTimeout(ref flow);
        }
        else if (LacksTemplate(in flow) && !Bind(slot, in flow, record.Call, now) && !record.Call.IsNone)
        {
            _waiting[slot] = (flow.Stamp, record.Call);
        }
    }

    /// <summary>The same flow at the end of a snapshot.</summary>
    public void Confirmed(int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        if (LacksTemplate(in flow))
        {
            bool waits = _waiting.Remove(slot, out (uint Stamp, CallDigest Call) waiting) && waiting.Stamp == flow.Stamp;
            Bind(slot, in flow, waits ? waiting.Call : default, now);
        }
    }

    private bool LacksTemplate(in Flow flow) =>
        flow.Kind != ConnectionKind.Template && (flow.Traits & ConnectionTraits.HoldsTemplate) != 0 && connections.ControllerOf(in flow) == 0;

    /// <summary>The record tells what is left of the time-out; the service tells what it was.</summary>
    private void RestoreTimeout(ref Flow flow)
    {
        if (services.Find(ServiceOf(in flow))?.Config.Persistence is { } persistence)
        {
            flow.OwnTimeout = Math.Max(flow.OwnTimeout, (uint)persistence.Timeout.TotalMilliseconds);
        }
    }

    private bool Bind(int slot, in Flow flow, CallDigest call, long now)
    {
        ServiceKey service = ServiceOf(in flow);
        if (services.Find(service)?.Config.Persistence is not { } persistence)
        {
            return false;
        }

        FlowTuple key = TemplateKey.Of(service, persistence, flow.Protocol, flow.Client, flow.Virtual, flow.VirtualPort).ToTuple();
        int template = call.IsNone ? connections.FindOutside(in key, now) : connections.FindCall(in key, call, now);
        if (template != 0)
        {
            connections.Control(slot, template);
        }

        return template != 0;
    }

    private static ServiceKey ServiceOf(in Flow flow) => flow.Mark != 0
        ? ServiceKey.OfMark(flow.Mark, v6: !flow.Server.IsV4)
        : new ServiceKey(flow.Protocol, flow.Virtual, flow.ServicePort);
}
