using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// Connections that a control connection has announced. Each goes to the control connection's server and is held by it (n_control of struct
/// ip_vs_conn): the control connection does not end before them. They wait in state LISTEN, as the kernel's do (ip_vs_tcp_conn_listen).
/// </summary>
internal sealed class ExpectedConnections(ConnectionTable connections, ForwarderCounters counters)
{
    /// <summary>A client announces one before each transfer; several side by side are legal (records ftp_odd_replies), any number is not.</summary>
    public const int MostOfOneControl = 8;

    /// <summary>Passive: the client will come from any port to this port of the virtual address.</summary>
    public void OpenPassive(int control, ushort port, long now)
    {
        ref Flow flow = ref connections[control];
        FlowTuple tuple = new(flow.Protocol, flow.Client, 0, flow.Virtual, port);
        Expect(connections.FindExpectedOutside(in tuple, now), control, 0, port, port, 0, ConnectionTraits.AnyClientPort, now);
    }

    /// <summary>Active: the server will come from the port below its own to this port of the client.</summary>
    /// <param name="gatewayPort">The port that the server knows a hairpin client by; 0: it is none.</param>
    public void OpenActive(int control, ushort port, ushort gatewayPort, long now)
    {
        ref Flow flow = ref connections[control];
        ushort virtualPort = (ushort)(flow.VirtualPort - 1);
        FlowTuple tuple = new(flow.Protocol, flow.Client, port, flow.Virtual, virtualPort);
        Expect(connections.FindOutside(in tuple, now), control, port, virtualPort, (ushort)(flow.ServerPort - 1), gatewayPort, ConnectionTraits.None, now);
    }

    /// <summary>The server will come from any port to the port from which the client asked (RFC 1350 section 4).</summary>
    public void OpenTransfer(int control, long now)
    {
        ref Flow flow = ref connections[control];
        FlowTuple tuple = new(flow.Protocol, flow.ClientInside, flow.ClientPortInside, flow.Server, 0);
        if (connections.FindExpectedInside(in tuple, now) is int known and not 0 && IsOf(control, known))
        {
            connections.Advance(known, ConnectionState.Udp, now);
            return;
        }

        Add(control, flow.ClientPort, 0, 0, flow.GatewayPort, ConnectionTraits.AnyServerPort, ConnectionState.Udp, now);
    }

    private void Expect(
        int known, int control, ushort clientPort, ushort virtualPort, ushort serverPort, ushort gatewayPort, ConnectionTraits traits, long now)
    {
        if (known != 0 && known != control && connections[known].Server == connections[control].Server && connections[known].ServerPort == serverPort
            && connections[known].GatewayPort == gatewayPort)
        {
            ListenAgain(known, control, now);
        }
        else
        {
            // Of two servers that offer one client the same port the later is meant, as in the kernel.
            if (known != 0 && known != control)
            {
                connections.Remove(known);
            }

            Add(control, clientPort, virtualPort, serverPort, gatewayPort, traits, ConnectionState.Listen, now);
        }
    }

    private void ListenAgain(int known, int control, long now)
    {
        if (connections[known].State != ConnectionState.Listen)
        {
            connections.Revive(known);
        }

        connections.Advance(known, ConnectionState.Listen, now);
        if (connections.ControllerOf(in connections[known]) == control)
        {
            connections.Control(known, control);
        }
    }

    private bool IsOf(int control, int slot) =>
        connections[slot].Virtual == connections[control].Virtual && connections[slot].ServerSlot == connections[control].ServerSlot;

    private void Add(
        int control, ushort clientPort, ushort virtualPort, ushort serverPort, ushort gatewayPort, ConnectionTraits traits, ConnectionState state, long now)
    {
        ref Flow flow = ref connections[control];
        ConnectionRecord record = new(
            ConnectionKind.Service, flow.Protocol, flow.Client, clientPort, flow.Virtual, virtualPort, flow.Server, serverPort, state,
            connections.TimeoutOf(state))
        {
            Traits = traits | (flow.Traits & (ConnectionTraits.ServerPortIsClients | ConnectionTraits.Hairpin)),
            Gateway = flow.Gateway,
            GatewayPort = gatewayPort,
            Mark = flow.Mark,
            ServicePort = flow.ServicePort,
            ConfiguredPort = flow.ConfiguredPort,
            ControlClientPort = flow.ClientPort,
            ControlVirtualPort = flow.VirtualPort,
        };
        int slot = connections.AddBeside(control, in record, now);
        if (slot == 0)
        {
            counters.Drop(DropReason.TableFull);
            return;
        }

        connections.Control(slot, control);
        connections.KeepAnnounced(control, MostOfOneControl);
    }
}
