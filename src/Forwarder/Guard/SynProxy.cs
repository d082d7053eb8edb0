using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Sending;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// Answers SYNs in the servers' place while there are too many half-open connections. A client gets a SYN+ACK whose sequence number is a cookie and
/// whose window is zero, so that it sends nothing yet; nothing is remembered. Its ACK with the right cookie proves that it exists: the connection
/// is opened, the server is sent a SYN with the client's own sequence number and options, and when it answers, the client is told the server's
/// window. From then on the server's sequence numbers are shifted to the cookie's (<see cref="SequenceShift"/>).
/// </summary>
internal sealed class SynProxy(ConnectionTable connections, ServiceLookup lookup, PendingFrames pending, ForwarderCounters counters, ulong seed)
{
    /// <summary>What clients are told of the servers' window scale; what a server really has is made good by <see cref="Flow.WindowShift"/>.</summary>
    public const byte AnnouncedScale = 7;

    /// <summary>A cookie is good for so long at most, and so long ACKs without a connection are looked at.</summary>
    private const long CookieMilliseconds = 131_072;

    /// <summary>Once begun, answering goes on for at least so long.</summary>
    private const long LeastMilliseconds = 5000;
    private const int DefaultTableShare = 8;
    private const int HandshakesPerCall = 512;

    private readonly SynCookies _cookies = new(seed);
    private readonly ProxyHandshakes _handshakes = new(connections);
    private long _everythingUntil = long.MinValue;
    private long _cookiesUntil = long.MinValue;

    public SynProxyOptions Options { get; set; } = new();

    /// <summary>The last <see cref="Tick"/> left handshakes that may be due.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>A service answers SYNs with cookies now, or did lately.</summary>
    public bool IsActive(long now) => now < _cookiesUntil;

    /// <summary>The client's SYN is answered here; the length of the answer, 0: it is not.</summary>
    public int Answer(Span<byte> frame, in Packet packet, NetworkFacts facts, long now)
    {
        if (Options.Mode == SynProxyMode.Off || !TcpStates.Opens(packet.Flags) || frame.Length < OwnSegment.LargestFrame)
        {
            return 0;
        }

        VirtualService? service = lookup.Find(in packet, facts.Marks, out ServiceMatch match);
        if (ServiceOpening.Refuses(service, match, in packet, facts.Ipvs) != DropReason.None || !Protects(service, now))
        {
            return 0;
        }

        SynOptions offered = SynOptions.Read(OptionsOf(frame, in packet));
        uint cookie = _cookies.Make(TupleOf(in packet), packet.Sequence, offered, now);
        int headers = packet.IsV6 ? 60 : 40;
        SynOptions answered = offered with
        {
            MaximumSegment = (ushort)(Math.Min(facts.InternalMtu, facts.ExternalMtu) - headers),
            Scale = offered.HasScale ? AnnouncedScale : SynOptions.NoScale,
        };
        _cookiesUntil = now + CookieMilliseconds;
        counters.SynCookiesSent++;
        counters.AnsweredPackets++;
        Span<byte> options = stackalloc byte[SynOptions.LargestBytes];
        OwnSegment answer = new()
        {
            From = packet.Destination,
            FromPort = packet.DestinationPort,
            To = packet.Source,
            ToPort = packet.SourcePort,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Sequence = cookie,
            Acknowledgement = packet.Sequence + 1,
            Options = options[..answered.Write(options)],
        };
        return answer.Write(frame);
    }

    /// <summary>
    /// True when this segment without a connection carries a cookie of ours back; the SYN that it stands for is to open one. When the first ACK was lost, a
    /// client with data to send probes our zero window, and Linux does so with an empty segment one number below the next (tcp_xmit_probe_skb).
    /// </summary>
    /// <param name="next">The number of the client's first byte.</param>
    public bool TryReadCookie(in Packet packet, long now, out SynOptions options, out uint next)
    {
        (options, next) = (default, packet.Sequence);
        bool mayCarry = now < _cookiesUntil && (packet.Flags & (TcpFlags.Ack | TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.Ack;
        if (!mayCarry)
        {
            return false;
        }

        bool isOurs = Reads(in packet, next, now, out options);
        if (!isOurs && packet.TransportBytes == packet.TransportHeaderBytes)
        {
            next++;
            isOurs = Reads(in packet, next, now, out options);
        }

        _ = isOurs ? counters.SynCookiesAccepted++ : counters.SynCookiesRefused++;
        return isOurs;
    }

    private bool Reads(in Packet packet, uint next, long now, out SynOptions options) =>
        _cookies.TryRead(TupleOf(in packet), next - 1, packet.Acknowledgement - 1, now, out options);

    /// <summary>The connection of a good cookie stands in the table: the frame becomes the SYN to its server.</summary>
    /// <param name="next">As <see cref="TryReadCookie"/> found it.</param>
    public int Begin(Span<byte> frame, in Packet packet, int slot, SynOptions options, uint next, long now)
    {
        ref Flow flow = ref connections[slot];
        flow.Marks |= FlowMarks.ProxyHandshake;
        int scale = options.HasScale ? options.Scale : 0;
        flow.Progress.ByClient = new TcpProgress
        {
            Sent = next,
            Acknowledged = packet.Acknowledgement,
            Allowed = packet.Acknowledgement + ((uint)packet.Window << scale),
            KnowsSent = true,
            KnowsAcknowledged = true,
            Syn = options.HasScale ? SynKnowledge.WithScale : SynKnowledge.WithoutScale,
            Scale = (byte)scale,
        };
        flow.ProxyOptions = options;
        connections.Advance(slot, connections.NextTcpState(flow.State, TcpFlags.Syn, byInitiator: true), now);
        connections.Seen(slot, ref flow, byInitiator: true);
        _handshakes.Wait(slot, 0, now);
        return frame.Length < OwnSegment.LargestFrame ? 0 : WriteSyn(frame, in flow); // Tick asks again.
    }

    /// <summary>A client's segment before its server has answered: only a reset goes on. 0: it is dropped, the client sends it again.</summary>
    public static bool PassesToServer(in Packet packet) => (packet.Flags & TcpFlags.Rst) != 0;

    /// <summary>The server's answer to our SYN. The length of what leaves in its place, 0: nothing.</summary>
    public int FromServer(Span<byte> frame, in Packet packet, int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        if ((packet.Flags & TcpFlags.Rst) != 0)
        {
            return Refused(frame, slot, now);
        }

        bool answers = (packet.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == (TcpFlags.Syn | TcpFlags.Ack) && packet.Acknowledgement == flow.Progress.ByClient.Sent;
        if (!answers)
        {
            return TcpReset.Write(frame, in packet); // Something older of the same ports: it ends, the next SYN opens.
        }

        return pending.FreeBytes < OwnSegment.LargestFrame + sizeof(int) ? 0 : Complete(frame, in packet, slot, now);
    }

    /// <summary>Asks silent servers again; who stays silent loses the connection.</summary>
    public void Tick(long now)
    {
        Span<byte> frame = stackalloc byte[OwnSegment.LargestFrame];
        int budget = HandshakesPerCall;
        while (pending.FreeBytes > frame.Length + sizeof(int) && _handshakes.TryTakeDue(now, ref budget, out int slot, out int tries))
        {
            bool again = tries + 1 < ProxyHandshakes.Tries;
            int length = again ? WriteSyn(frame, in connections[slot]) : Refused(frame, slot, now);
            pending.TryAdd(frame[..length]);
            if (again)
            {
                _handshakes.Wait(slot, tries + 1, now);
            }
        }

        IsBehind = budget <= 0;
    }

    private static FlowTuple TupleOf(in Packet packet) =>
        new(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);

    private static ReadOnlySpan<byte> OptionsOf(ReadOnlySpan<byte> frame, in Packet packet) =>
        frame[packet.Transport..][PacketParser.MinimumHeaderBytes..packet.TransportHeaderBytes];

    private bool Protects(VirtualService? service, long now)
    {
        if (service is null || service.Servers.Count == 0)
        {
            return false;
        }

        if (Options.Mode == SynProxyMode.Always || now < _everythingUntil || now < service.SynProxyUntil)
        {
            return true;
        }

        int tableThreshold = Options.TableThreshold != 0 ? Options.TableThreshold : Math.Max(connections.Flows.Capacity / DefaultTableShare, Options.ServiceThreshold);
        _everythingUntil = connections.Embryonic.HalfOpen >= tableThreshold ? now + LeastMilliseconds : _everythingUntil;
        service.SynProxyUntil = service.HalfOpen >= Options.ServiceThreshold ? now + LeastMilliseconds : service.SynProxyUntil;
        return now < _everythingUntil || now < service.SynProxyUntil;
    }

    private static int WriteSyn(Span<byte> frame, in Flow flow)
    {
        Span<byte> options = stackalloc byte[SynOptions.LargestBytes];
        OwnSegment syn = new()
        {
            From = flow.ClientInside,
            FromPort = flow.ClientPortInside,
            To = flow.Server,
            ToPort = flow.ServerPort,
            Flags = TcpFlags.Syn,
            Sequence = flow.Progress.ByClient.Sent - 1,
            Window = (ushort)Math.Min(flow.Progress.ByClient.Allowed - flow.Progress.ByClient.Acknowledged, ushort.MaxValue),
            Options = options[..flow.ProxyOptions.Write(options)],
        };
        return syn.Write(frame);
    }

    private int Complete(Span<byte> frame, in Packet packet, int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        SynOptions server = SynOptions.Read(OptionsOf(frame, in packet));
        uint cookie = flow.Progress.ByClient.Acknowledged - 1;
        int delta = (int)(cookie - packet.Sequence);
        bool scales = flow.ProxyOptions.HasScale;
        flow.ServerShift = new SequenceShift(0, delta, delta);
        flow.WindowShift = scales ? (sbyte)(AnnouncedScale - (server.HasScale ? server.Scale : 0)) : (sbyte)0;
        flow.Marks &= ~FlowMarks.ProxyHandshake;
        TcpTracking.Observe(frame, in packet, ref flow, fromClient: false);
        connections.Advance(slot, ConnectionState.Established, now);
        connections.Seen(slot, ref flow, byInitiator: false);
        connections.Log.Changed(slot);
        AcknowledgeServer(in flow, packet.Sequence + 1);
        OwnSegment update = new()
        {
            From = flow.Virtual,
            FromPort = flow.VirtualPort,
            To = flow.Client,
            ToPort = flow.ClientPort,
            Flags = TcpFlags.Ack,
            Sequence = cookie + 1,
            Acknowledgement = flow.Progress.ByClient.Sent,
            Window = scales ? (ushort)Math.Max(packet.Window >> AnnouncedScale, 1) : packet.Window,
        };
        return update.Write(frame);
    }

    private void AcknowledgeServer(in Flow flow, uint acknowledgement)
    {
        Span<byte> frame = stackalloc byte[OwnSegment.LargestFrame];
        OwnSegment completes = new()
        {
            From = flow.ClientInside,
            FromPort = flow.ClientPortInside,
            To = flow.Server,
            ToPort = flow.ServerPort,
            Flags = TcpFlags.Ack,
            Sequence = flow.Progress.ByClient.Sent,
            Acknowledgement = acknowledgement,
            Window = (ushort)Math.Min((flow.Progress.ByClient.Allowed - flow.Progress.ByClient.Acknowledged) >> flow.Progress.ByClient.Scale, ushort.MaxValue),
        };
        pending.TryAdd(frame[..completes.Write(frame)]);
    }

    /// <summary>The client believes that it is connected: it gets a reset where it stands.</summary>
    private int Refused(Span<byte> frame, int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        flow.Marks = (flow.Marks & ~FlowMarks.ProxyHandshake) | FlowMarks.Ended;
        connections.Advance(slot, ConnectionState.Close, now);
        counters.AnsweredPackets++;
        OwnSegment reset = new()
        {
            From = flow.Virtual,
            FromPort = flow.VirtualPort,
            To = flow.Client,
            ToPort = flow.ClientPort,
            Flags = TcpFlags.Rst | TcpFlags.Ack,
            Sequence = flow.Progress.ByClient.Acknowledged,
            Acknowledgement = flow.Progress.ByClient.Sent,
        };
        return reset.Write(frame);
    }
}
