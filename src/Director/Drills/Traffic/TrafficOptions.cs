using System.Net;

namespace HaLvs.Director.Drills.Traffic;

public enum TrafficProtocol
{
    /// <summary>Numbered, patterned messages of 64 bytes that the server sends back (RFC 862).</summary>
    Echo,

    /// <summary>GET / with keep-alive; an answer is right when its status is 200 and its body complete.</summary>
    Http,
}

/// <summary>What load to hold against a virtual service.</summary>
/// <param name="Connections">Held for the whole run.</param>
/// <param name="Interval">Between two messages of one connection; the connections' phases are spread evenly over it.</param>
/// <param name="ProbeInterval">Between two new connections (connect, one message, verify, close).</param>
public sealed record TrafficOptions(IPEndPoint Target, TrafficProtocol Protocol, int Connections, TimeSpan Interval, TimeSpan ProbeInterval)
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan DefaultProbeInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>A new connection that is not served by then counts as failed. Longer than TCP's first SYN retransmission (1 s).</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>At the end, a connection that owes an answer and gave none for so long is lost.</summary>
    public static readonly TimeSpan SilenceIsLoss = TimeSpan.FromSeconds(2);

    /// <summary>For setting the held connections up.</summary>
    public static readonly TimeSpan SetUpTimeout = TimeSpan.FromSeconds(10);
}
