namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The standby's controlled connections: slots do not travel, so each is tied to its control connection anew, by the ports of its record. A control
/// connection may come after them (a snapshot goes by slots); it is looked for again at the snapshot's end.
/// </summary>
internal sealed class RemoteControls(ConnectionTable connections)
{
    /// <summary>A record of the active stands in this slot now, or is confirmed at the end of a snapshot.</summary>
    public void Applied(int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        if (flow.ControlVirtualPort == 0 || connections.ControllerOf(in flow) != 0)
        {
            return;
        }

        FlowTuple tuple = new(flow.Protocol, flow.Client, flow.ControlClientPort, flow.Virtual, flow.ControlVirtualPort);
        int control = connections.FindOutside(in tuple, now);
        if (control != 0 && control != slot)
        {
            connections.Control(slot, control);
        }
    }
}
