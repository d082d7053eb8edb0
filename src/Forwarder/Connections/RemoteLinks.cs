using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Which flow holds which, told anew from the records: slots do not travel. A controller may come after its connections (a snapshot goes by slots), so
/// what was not found is looked for again when the snapshot has ended.
/// </summary>
internal sealed class RemoteLinks(ConnectionTable connections, ServiceTable services)
{
    public void Link(int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        bool holds = flow.ControlVirtualPort != 0 || (flow.Traits & ConnectionTraits.HoldsTemplate) != 0;
        if (!holds || connections.ControllerOf(in flow) != 0)
        {
            return;
        }

        int controller = flow.ControlVirtualPort != 0 ? FindControl(in flow, now) : FindTemplate(in flow, now);
        if (controller != 0 && controller != slot)
        {
            connections.Control(slot, controller);
        }
    }

    private int FindControl(in Flow flow, long now) =>
        connections.FindOutside(new FlowTuple(flow.Protocol, flow.Client, flow.ControlClientPort, flow.Virtual, flow.ControlVirtualPort), now);

    private int FindTemplate(in Flow flow, long now)
    {
        ServiceKey service = flow.Mark != 0
            ? ServiceKey.OfMark(flow.Mark, v6: !flow.Server.IsV4)
            : new ServiceKey(flow.Protocol, flow.Virtual, flow.ServicePort);
        return services.Find(service)?.Config.Persistence is { } persistence
            ? connections.FindOutside(TemplateKey.Of(service, persistence, flow.Protocol, flow.Client, flow.Virtual, flow.VirtualPort).ToTuple(), now)
            : 0;
    }
}
