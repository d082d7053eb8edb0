using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Fragments;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Helpers;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Sending;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>
/// The itinerary of a packet. The kernel routes two kinds of packets into the core, and the destination tells them apart: packets for a
/// virtual address come from outside, all others from inside.
/// <code>
///                      from outside (to a virtual address)          from inside (to anywhere else)
///   1 parse            malformed, martian: drop                     other protocols: pass
///   2 find connection  by client and virtual address                by client and real server
///   3 find service     none: answer like a closed port              none: may be masqueraded, or passes
///   4 schedule server  none usable: ICMP port unreachable           (no choice: the inside host is the server)
///   5 create           table full: drop                             under a free port of the virtual address
///   6 advance state    TCP states, timers, change log               the same, roles by who began
///   7 rewrite          destination becomes the server               source becomes the virtual address
/// </code>
/// Returns the length to write back, 0 for nothing. A dropped packet is counted under its reason, an answered one as answered as well.
/// </summary>
internal sealed class PacketPipeline
{
    private readonly ConnectionTable _connections;
    private readonly ServiceOpening _opening;
    private readonly ConnectionReuse _reuse;
    private readonly ServerRegistry _servers;
    private readonly ForwarderCounters _counters;
    private readonly Masquerade _masquerade;
    private readonly ControlChannels _channels;
    private readonly IcmpForwarding _icmp;
    private readonly IcmpErrors _errors = new();
    private readonly FragmentForwarding _fragments;
    private readonly ConnectionProgress _progress;
    private readonly SynProxy _synProxy;

    public PacketPipeline(
        ConnectionTable connections, ServiceTable services, ServerRegistry servers, ForwarderCounters counters,
        Admission admission, SynProxy synProxy, PendingFrames pending, ulong seed)
    {
        _connections = connections;
        _servers = servers;
        _counters = counters;
        _synProxy = synProxy;
        _progress = new ConnectionProgress(connections, counters);
        _opening = new ServiceOpening(connections, services, servers, counters, admission, seed);
        _reuse = new ConnectionReuse(connections, servers);
        _masquerade = new Masquerade(connections, services, seed);
        _channels = new ControlChannels(connections, services, counters, seed);
        _icmp = new IcmpForwarding(connections, servers, _masquerade, counters);
        _fragments = new FragmentForwarding(new FlowHash(~seed), pending, _errors, counters);
    }

    /// <summary>Replaced whole when the configuration changes.</summary>
    public required NetworkFacts Facts { get; set; }

    public FragmentForwarding Fragments => _fragments;

    public int Process(Span<byte> frame, int length, long now)
    {
        // 1 parse
        if ((uint)length > (uint)frame.Length)
        {
            return Drop(DropReason.Truncated);
        }

        Packet packet = default;
        DropReason refused = PacketParser.ParseNetwork(frame[..length], ref packet);
        if (refused != DropReason.None)
        {
            return Drop(refused);
        }

        bool outside = Facts.IsFromOutside(packet.Source, packet.Destination);
        return packet.IsFragment ? Fragment(frame, ref packet, outside, now)
            : outside ? FromOutside(frame, ref packet, now) : FromInside(frame, ref packet, now);
    }

    public void Tick(long now) => _fragments.Tick(now);

    /// <summary>The first fragment of a datagram takes the steps of a whole packet; what became of it becomes of the others.</summary>
    private int Fragment(Span<byte> frame, ref Packet packet, bool outside, long now)
    {
        DropReason refused = outside ? RefuseOutside(in packet) : RefuseInside(in packet);
        if (refused != DropReason.None)
        {
            return Drop(refused);
        }

        int mtu = outside ? Facts.InternalMtu : Facts.ExternalMtu;
        int entry = _fragments.Enter(frame, in packet, mtu, now, out int length);
        if (entry != 0)
        {
            long answered = _counters.AnsweredPackets;
            length = outside ? FromOutside(frame, ref packet, now) : FromInside(frame, ref packet, now);
            length = _fragments.Decide(entry, frame, in packet, length, _counters.AnsweredPackets != answered, ServerOf(in packet, outside, now), mtu);
        }

        return length;
    }

    private RealServer? ServerOf(in Packet packet, bool outside, long now)
    {
        int slot = outside
            ? _connections.FindOutside(new FlowTuple(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort), now)
            : _connections.FindInside(new FlowTuple(packet.Protocol, packet.Destination, packet.DestinationPort, packet.Source, packet.SourcePort), now);
        return slot == 0 || _connections[slot].ServerSlot == 0 ? null : _servers[_connections[slot].ServerSlot];
    }

    private int FromOutside(Span<byte> frame, ref Packet packet, long now)
    {
        // 1 parse, the part that only packets of ours need
        DropReason refused = RefuseOutside(in packet);
        if (refused != DropReason.None)
        {
            return Drop(refused);
        }

        switch (packet.Protocol)
        {
            case TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp:
                refused = PacketParser.ParseTransport(frame[..packet.FrameLength], ref packet);
                return refused == DropReason.None ? ClientPacket(frame, ref packet, now) : Drop(refused);
            case TransportProtocol.Icmp or TransportProtocol.IcmpV6 when packet.IsIcmp:
                return _icmp.FromOutside(frame, ref packet, now);
            default:
                return Refuse(frame, in packet, DropReason.UnsupportedProtocol, IcmpType.ProtocolUnreachable, now);
        }
    }

    private DropReason RefuseOutside(in Packet packet)
    {
        if (packet.TimeToLive == 0)
        {
            return DropReason.TtlExceeded;
        }

        return Facts.IsMartian(packet.Source) ? DropReason.Martian : DropReason.None;
    }

    private int ClientPacket(Span<byte> frame, ref Packet packet, long now)
    {
        // 2 find the connection
        FlowTuple tuple = new(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        int slot = _connections.FindOutside(in tuple, now);
        if (slot != 0 && _reuse.GivesWay(slot, in packet, Facts.Ipvs))
        {
            slot = 0;
        }

        if (slot == 0 && _connections.HasExpected)
        {
            slot = _channels.MeetClient(in tuple, in packet, Facts, now, out bool never);
            if (never)
            {
                return 0;
            }
        }

        if (slot == 0)
        {
            if (packet.Protocol == TransportProtocol.Tcp && AnsweredByProxy(frame, in packet, now, out int answer))
            {
                _reuse.LetGo();
                return answer;
            }

            // 3 find the service, 4 schedule a server, 5 create the connection
            slot = _opening.Open(frame, in packet, Facts, now, out DropReason refused);
            if (slot == 0)
            {
                _reuse.LetGo();
                return RefuseClient(frame, in packet, refused, now);
            }
        }

        _reuse.LetGo();

        ref Flow flow = ref _connections[slot];
        if ((flow.Marks & (FlowMarks.Ended | FlowMarks.ProxyHandshake)) != 0 && KeepsFromServer(frame, in packet, in flow, out int instead))
        {
            return instead;
        }

        RealServer? server = flow.ServerSlot == 0 ? null : _servers[flow.ServerSlot];
        if (server is { IsConfigured: false })
        {
            return Drop(DropReason.NoServer); // expire_nodest_conn 0: silently, until it ends or the server comes back.
        }

        // 6 advance the state
        _progress.Packet(frame, in packet, slot, ref flow, fromOutside: true, now);

        // 7 rewrite
        if (packet.DontFragment && packet.WireBytes > Facts.InternalMtu)
        {
            return TooBig(frame, in packet, packet.Destination, Facts.InternalMtu, now);
        }

        Count(server, in packet, outward: false);
        if (flow.IsAssisted && !_channels.FromClient(frame, ref packet, slot, Facts, now))
        {
            return 0;
        }

        Translation.Destination(frame, in packet, flow.Server, flow.ServerPort);
        if ((flow.Traits & ConnectionTraits.Hairpin) != 0)
        {
            Translation.Source(frame, in packet, flow.Gateway, flow.GatewayPort);
        }

        Translation.GiveBackHop(frame);
        return packet.FrameLength;
    }

    /// <summary>Steps 3 to 5 while the SYN proxy works: a cookie for a SYN, and for the ACK that brings one back the SYN to the server.</summary>
    private bool AnsweredByProxy(Span<byte> frame, in Packet packet, long now, out int answer)
    {
        answer = _synProxy.Answer(frame, in packet, Facts, now);
        if (answer != 0 || !_synProxy.TryReadCookie(in packet, now, out SynOptions options, out uint next))
        {
            return answer != 0;
        }

        Packet syn = packet;
        syn.Flags = TcpFlags.Syn;
        syn.Sequence = next - 1;
        int slot = _opening.Open(frame, in syn, Facts, now, out DropReason refused);
        answer = slot == 0 ? RefuseClient(frame, in packet, refused, now) : _synProxy.Begin(frame, in packet, slot, options, next, now);
        return true;
    }

    /// <summary>A connection that we have ended, or whose server has not answered the SYN proxy yet.</summary>
    private bool KeepsFromServer(Span<byte> frame, in Packet packet, in Flow flow, out int instead)
    {
        bool ended = (flow.Marks & FlowMarks.Ended) != 0;
        instead = ended ? Reset(frame, in packet, DropReason.ConnectionEnded) : 0;
        return ended || !SynProxy.PassesToServer(in packet);
    }

    private int RefuseClient(Span<byte> frame, in Packet packet, DropReason reason, long now)
    {
        bool closed = reason is DropReason.NoService or DropReason.NoConnection;
        if (closed && packet.Protocol == TransportProtocol.Tcp)
        {
            return Reset(frame, in packet, reason);
        }

        return closed || reason == DropReason.NoServer ? Refuse(frame, in packet, reason, IcmpType.PortUnreachable, now) : Drop(reason);
    }

    /// <summary>Neighbour discovery and the like of the TUN itself.</summary>
    private static DropReason RefuseInside(in Packet packet) =>
        packet.IsV6 && !NetworkFacts.IsRoutable(packet.Source, packet.Destination) ? DropReason.Martian : DropReason.None;

    private int FromInside(Span<byte> frame, ref Packet packet, long now)
    {
        DropReason never = RefuseInside(in packet);
        if (never != DropReason.None)
        {
            return Drop(never);
        }

        switch (packet.Protocol)
        {
            case TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp:
                DropReason refused = PacketParser.ParseTransport(frame[..packet.FrameLength], ref packet);
                if (refused != DropReason.None)
                {
                    return Facts.IsOurs(packet.Source) ? Drop(refused) : Pass(packet.FrameLength);
                }

                return ServerPacket(frame, ref packet, now);
            case TransportProtocol.Icmp or TransportProtocol.IcmpV6 when packet.IsIcmp:
                int answer = _icmp.FromInside(frame, ref packet, Facts, now);
                return answer >= 0 ? answer : Pass(packet.FrameLength);
            default:
                return Pass(packet.FrameLength);
        }
    }

    private int ServerPacket(Span<byte> frame, ref Packet packet, long now)
    {
        // 2 find the connection
        FlowTuple tuple = new(packet.Protocol, packet.Destination, packet.DestinationPort, packet.Source, packet.SourcePort);
        int slot = _connections.FindInside(in tuple, now);
        if (slot != 0 && IsInitiator(in _connections[slot], fromOutside: false) && FirstPacket.StartsAfresh(_connections[slot].State, in packet))
        {
            _connections.Remove(slot);
            slot = 0;
        }

        if (slot == 0 && _connections.HasExpected)
        {
            slot = _channels.MeetServer(in tuple, in packet, now, out bool never);
            if (never)
            {
                return 0;
            }
        }

        if (slot == 0)
        {
            // 3 a real server's own SIP message
            slot = _opening.OpenFromServer(frame, in packet, Facts, now, out DropReason refused);
            if (refused != DropReason.None)
            {
                return Drop(refused);
            }
        }

        if (slot == 0)
        {
            // 3 a server that nothing explains, an inside host's own flow, or none of ours
            if (Facts.TellsServer(in packet, out Ip told))
            {
                return Refuse(frame, in packet, DropReason.NoConnection, IcmpType.PortUnreachable, told, now);
            }

            if (!Facts.Masquerades(packet.Source, packet.Destination))
            {
                return Pass(packet.FrameLength);
            }

            slot = OpenMasquerade(in packet, now);
            if (slot == 0)
            {
                return 0;
            }
        }

        ref Flow flow = ref _connections[slot];
        if (packet.TimeToLive == 0)
        {
            return Drop(DropReason.TtlExceeded);
        }

        if ((flow.Marks & (FlowMarks.Ended | FlowMarks.ProxyHandshake)) != 0)
        {
            bool ended = (flow.Marks & FlowMarks.Ended) != 0;
            return ended ? Reset(frame, in packet, DropReason.ConnectionEnded) : _synProxy.FromServer(frame, in packet, slot, now);
        }

        // 6 advance the state
        _progress.Packet(frame, in packet, slot, ref flow, fromOutside: false, now);

        // 7 rewrite
        bool hairpin = (flow.Traits & ConnectionTraits.Hairpin) != 0;
        int mtu = hairpin ? Facts.InternalMtu : Facts.ExternalMtu;
        if (packet.DontFragment && packet.WireBytes > mtu)
        {
            return TooBig(frame, in packet, hairpin ? flow.Gateway : flow.Virtual, mtu, now);
        }

        Count(flow.ServerSlot == 0 ? null : _servers[flow.ServerSlot], in packet, outward: true);
        if (flow.IsAssisted && !_channels.FromServer(frame, ref packet, slot, mtu, now))
        {
            return 0;
        }

        if (flow.WindowShift != 0)
        {
            WindowScaling.Apply(frame, in packet, in flow);
        }

        Translation.Source(frame, in packet, flow.Virtual, flow.VirtualPort);
        if (hairpin)
        {
            Translation.Destination(frame, in packet, flow.Client, flow.ClientPort);
        }

        Translation.GiveBackHop(frame);
        return packet.FrameLength;
    }

    /// <summary>Steps 3 to 5 for an inside host. A segment in the middle of nothing is dropped: sent on, it would show the inside address.</summary>
    private int OpenMasquerade(in Packet packet, long now)
    {
        if (!FirstPacket.Opens(in packet))
        {
            return Drop(DropReason.NoConnection);
        }

        ConnectionState state = FirstPacket.StateBefore(packet.Protocol);
        int slot = _masquerade.Open(in packet, Facts, state, now, out DropReason reason);
        if (slot == 0)
        {
            return Drop(reason);
        }

        _counters.NewConnections++;
        return slot;
    }

    private static bool IsInitiator(in Flow flow, bool fromOutside) => (flow.Kind == ConnectionKind.Service) == fromOutside;

    private void Count(RealServer? server, in Packet packet, bool outward)
    {
        _counters.Carried(packet.TotalBytes, outward);
        server?.Carried(packet.TotalBytes, outward);
    }

    private int TooBig(Span<byte> frame, in Packet packet, Ip from, int mtu, long now)
    {
        _counters.Drop(DropReason.TooBig);
        ushort nextHopMtu = (ushort)Math.Clamp(mtu, packet.IsV6 ? 1280 : 68, ushort.MaxValue);
        return Answered(_errors.Write(frame, in packet, from, IcmpType.Unreachable, IcmpType.FragmentationNeeded, nextHopMtu, now));
    }

    private int Refuse(Span<byte> frame, in Packet packet, DropReason reason, byte code, long now) =>
        Refuse(frame, in packet, reason, code, packet.Destination, now);

    private int Refuse(Span<byte> frame, in Packet packet, DropReason reason, byte code, Ip from, long now)
    {
        _counters.Drop(reason);
        return Answered(_errors.Write(frame, in packet, from, IcmpType.Unreachable, code, 0, now));
    }

    private int Reset(Span<byte> frame, in Packet packet, DropReason reason)
    {
        _counters.Drop(reason);
        return Answered(TcpReset.Write(frame, in packet));
    }

    private int Answered(int length)
    {
        _counters.AnsweredPackets += length > 0 ? 1 : 0;
        return length;
    }

    private int Pass(int length)
    {
        _counters.PassedPackets++;
        return length;
    }

    private int Drop(DropReason reason)
    {
        _counters.Drop(reason);
        return 0;
    }
}
