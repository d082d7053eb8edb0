using System.Collections.Immutable;

namespace HaLvs.Forwarder;

/// <summary>Why a packet was not translated. One counter each; shown in status by these names.</summary>
public enum DropReason : byte
{
    None = 0,
    NotIp,
    Truncated,
    BadHeaderLength,
    BadTotalLength,
    BadVirtioHeader,
    UnsupportedProtocol,
    TtlExceeded,
    TooBig,
    NoServer,
    NoService,
    NoConnection,
    TableFull,
    PortsExhausted,
    BadIcmp,
    InvalidState,
    Martian,

    /// <summary>A damaged segment of a connection whose lines are read: its sender repeats it.</summary>
    BadChecksum,

    /// <summary>A segment that overtook one which may still change its numbers: its sender repeats it.</summary>
    OutOfOrder,

    /// <summary>drop_packet: one new connection in so many.</summary>
    DefenseDrop,

    /// <summary>The client has as many connections, or opens them as fast, as it may.</summary>
    ClientConnections,
    ClientRate,

    /// <summary>A packet of a connection that we have ended.</summary>
    ConnectionEnded,

    /// <summary>A datagram for a service that goes by Call-IDs, and without one, or with one behind its first fragment (ADR 0018).</summary>
    NoCallId,

    /// <summary>An IPv4 option list that lies about its lengths.</summary>
    BadOptions,

    /// <summary>IPv6 extension headers: too many, or in an order that RFC 8200 forbids.</summary>
    BadExtensions,

    /// <summary>LSRR, SSRR, or a routing header with segments left.</summary>
    SourceRoute,

    /// <summary>A UDP datagram without a checksum over IPv6.</summary>
    NoChecksum,

    /// <summary>A fragment that is empty, not a multiple of eight bytes, or reaches behind the largest packet.</summary>
    BadFragment,

    /// <summary>A first fragment without the whole transport header, or one that would overwrite it (RFC 1858, RFC 3128, RFC 7112).</summary>
    FragmentTiny,

    /// <summary>Fragments of one datagram that overlap, and what comes of it after that (RFC 5722); duplicates.</summary>
    FragmentOverlap,

    /// <summary>The first fragment did not come in time.</summary>
    FragmentTimedOut,

    /// <summary>No room to hold or remember fragments; the oldest went.</summary>
    FragmentsFull,

    /// <summary>A fragment of a datagram whose first fragment was refused.</summary>
    FragmentRefused,
}

/// <summary>Totals since the start. Plain numbers, written by one thread, read by any (a torn read cannot happen on 64-bit machines).</summary>
public sealed class ForwarderCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];

    /// <summary>Client to server, packets and bytes of IP.</summary>
    public long InPackets { get; internal set; }

    public long InBytes { get; internal set; }

    /// <summary>Server to client.</summary>
    public long OutPackets { get; internal set; }

    public long OutBytes { get; internal set; }

    /// <summary>Written back unchanged: no service of ours.</summary>
    public long PassedPackets { get; internal set; }

    /// <summary>Packets the core answered itself: echo replies, resets, ICMP errors.</summary>
    public long AnsweredPackets { get; internal set; }

    public long NewConnections { get; internal set; }

    public long ExpiredConnections { get; internal set; }

    /// <summary>Resets inside the receiver's window that were not exact: forwarded, the connection stays (RFC 5961).</summary>
    public long ChallengedResets { get; internal set; }

    /// <summary>Resets outside the receiver's window: forwarded, the connection does not notice.</summary>
    public long IgnoredResets { get; internal set; }

    /// <summary>SCTP packets whose verification tag is not their receiver's: forwarded, the association does not notice (RFC 9260 section 8.5).</summary>
    public long IgnoredTags { get; internal set; }

    /// <summary>The alarm: when the table became full (milliseconds of the core's clock), 0 when a twentieth of it is free again.</summary>
    public long TableFullSince { get; internal set; }

    /// <summary>Flows that drop_entry gave up.</summary>
    public long DroppedEntries { get; internal set; }

    /// <summary>SYNs answered with a cookie; ACKs that brought a good one; ACKs without a connection, while cookies are out, that brought none.</summary>
    public long SynCookiesSent { get; internal set; }

    public long SynCookiesAccepted { get; internal set; }

    public long SynCookiesRefused { get; internal set; }

    /// <summary>SIP calls that went by their client's address because every place for a Call-ID was taken.</summary>
    public long CallsWithoutRoom { get; internal set; }

    /// <summary>Connections that were ended because their server was lost, or by order.</summary>
    public long EndedConnections { get; internal set; }

    /// <summary>Half-open or unanswered connections that gave their place in a full table to a new one.</summary>
    public long EvictedEmbryonic { get; internal set; }

    /// <summary>Data connections that an FTP client announced and never opened, given up for its later ones.</summary>
    public long EvictedExpected { get; internal set; }

    /// <summary>
    /// PORT and EPRT of hairpin clients whose address was cut by the end of a segment: the first half had left, so the server reads the client's own
    /// address and refuses it.
    /// </summary>
    public long CutCommands { get; internal set; }

    /// <summary>A translated packet left, of so many bytes of IP.</summary>
    internal void Carried(int bytes, bool outward)
    {
        if (outward)
        {
            OutPackets++;
            OutBytes += bytes;
        }
        else
        {
            InPackets++;
            InBytes += bytes;
        }
    }

    /// <summary>Packets that the kernel forwarded by itself; among In and OutPackets.</summary>
    public long OffloadedPackets { get; internal set; }

    /// <summary>The same for packets that the kernel forwarded.</summary>
    internal void Carried(long packets, long bytes, bool outward)
    {
        if (outward)
        {
            (OutPackets, OutBytes) = (OutPackets + packets, OutBytes + bytes);
        }
        else
        {
            (InPackets, InBytes) = (InPackets + packets, InBytes + bytes);
        }
    }

    public void Drop(DropReason reason) => _drops[(int)reason]++;

    public long Dropped(DropReason reason) => _drops[(int)reason];

    public ImmutableArray<(DropReason Reason, long Count)> Drops() =>
        [.. Enum.GetValues<DropReason>().Where(r => r != DropReason.None && _drops[(int)r] > 0).Select(r => (r, _drops[(int)r]))];
}
