using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// The protocols whose packets name other connections, and whatever else moves sequence numbers: the pipeline's one door to all of it, for flows that
/// are <see cref="Flow.IsAssisted"/>.
/// </summary>
internal sealed class ControlChannels
{
    private const ushort FtpPort = 21;
    private readonly ConnectionTable _connections;
    private readonly FtpChannel _ftp;
    private readonly TftpChannel _tftp;
    private readonly HairpinListeners _listeners;

    public ControlChannels(ConnectionTable connections, ServiceTable services, ForwarderCounters counters, ulong seed)
    {
        _connections = connections;
        ExpectedConnections expected = new(connections, counters);
        _listeners = new HairpinListeners(connections, new Hairpin(connections, ~seed), counters);
        _ftp = new FtpChannel(connections, expected, _listeners, counters);
        _tftp = new TftpChannel(connections, services, expected, counters, seed);
    }

    /// <summary>What a new connection of a service is: its helper's, or FTP's on FTP's port as with the kernel's ip_vs_ftp.</summary>
    public static ConnectionTraits TraitsOf(VirtualServiceConfig service, in Packet packet)
    {
        bool isControl = service.Mark == 0 && service.Port == packet.DestinationPort;
        return packet.Protocol switch
        {
            TransportProtocol.Tcp when packet.DestinationPort == FtpPort || (isControl && service.Helper == "ftp") => ConnectionTraits.Ftp,
            TransportProtocol.Udp when isControl && service.Helper == "tftp" => ConnectionTraits.Tftp,
            _ => ConnectionTraits.None,
        };
    }

    /// <summary>Part of step 2, for a client's packet that no connection explains: slot of the connection that it was expected to open, or 0.</summary>
    /// <param name="refused">No connection may be opened instead; counted.</param>
    public int MeetClient(in FlowTuple tuple, in Packet packet, NetworkFacts facts, long now, out bool refused)
    {
        refused = false;
        if (packet.Protocol != TransportProtocol.Tcp || !TcpStates.Opens(packet.Flags))
        {
            return 0;
        }

        int slot = _connections.FindExpectedOutside(in tuple, now);
        if (slot == 0)
        {
            return 0;
        }

        refused = !_listeners.TryMeet(in _connections[slot], packet.SourcePort, facts, now, out ushort gatewayPort);
        if (refused)
        {
            return 0;
        }

        _connections.Meet(slot, packet.SourcePort, packet.DestinationPort, _connections[slot].ServerPort, gatewayPort);
        return slot;
    }

    /// <summary>Part of step 2, for an inside host's packet that no connection explains.</summary>
    /// <param name="refused">The packet must not leave; counted.</param>
    public int MeetServer(in FlowTuple tuple, in Packet packet, long now, out bool refused)
    {
        refused = false;
        return packet.Protocol == TransportProtocol.Udp ? _tftp.Meet(in tuple, now, out refused) : 0;
    }

    /// <summary>Before step 7, from outside; the packet's length may change. False: the packet is dropped and counted.</summary>
    public bool FromClient(Span<byte> frame, ref Packet packet, int slot, NetworkFacts facts, long now)
    {
        ref Flow flow = ref _connections[slot];
        if ((flow.Traits & ConnectionTraits.Ftp) != 0)
        {
            return _ftp.FromClient(frame, ref packet, slot, facts, now);
        }

        if ((flow.Traits & ConnectionTraits.Tftp) != 0)
        {
            _tftp.FromClient(frame, in packet, slot, now);
        }
        else
        {
            SequenceShifting.Apply(frame, in packet, in flow, outward: false);
        }

        return true;
    }

    /// <summary>Before step 7, from inside; the packet's length may change. False: it is dropped and counted.</summary>
    public bool FromServer(Span<byte> frame, ref Packet packet, int slot, int mtu, long now)
    {
        ref Flow flow = ref _connections[slot];
        if ((flow.Traits & ConnectionTraits.Ftp) != 0)
        {
            return _ftp.FromServer(frame, ref packet, slot, mtu, now);
        }

        if (flow.IsShifted)
        {
            SequenceShifting.Apply(frame, in packet, in flow, outward: true);
        }

        return true;
    }
}
