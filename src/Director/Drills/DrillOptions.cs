using System.Net;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Drills;

/// <param name="WithTraffic">False: the drill only acts; clients elsewhere measure.</param>
/// <param name="Client">Command before `halvs traffic` that runs it on a client: "ssh client.example". Null: from this process.</param>
/// <param name="Target">Null: an echo service on port 7, or a web service on port 80, of the director's own configuration.</param>
public sealed record DrillOptions(DrillKind Kind, bool WithTraffic, string? Client, IPEndPoint? Target, TrafficProtocol Protocol, int Connections)
{
    /// <summary>Longer than detection, the slowest usual fence and takeover together; a blocked takeover is reported then.</summary>
    public static readonly TimeSpan ServedWithin = TimeSpan.FromSeconds(60);

    /// <summary>Traffic goes on after the takeover, so that late losses and stalls show: beyond TCP's second retransmission.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(3);
}
