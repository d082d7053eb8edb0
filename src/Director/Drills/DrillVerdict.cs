using HaLvs.Director.Control.V1;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Drills;

/// <summary>The drill in one sentence, and what to do next.</summary>
public static class DrillVerdict
{
    public static string Of(DrillKind kind, StatusReply before, string? failure, TrafficReport? traffic)
    {
        if (failure is not null)
        {
            return $"FAILED: {failure}";
        }

        return traffic is { Clean: false }
            ? $"FAILED: {traffic.Lost} of {traffic.Connections} connections lost, {traffic.Corrupted} answers corrupted"
            : $"{Success(before, kind, traffic)}{Next(kind, before)}";
    }

    private static string Success(StatusReply before, DrillKind kind, TrafficReport? traffic) => traffic is not null
        ? $"PASSED: all {traffic.Connections} connections kept, nothing corrupted"
        : kind == DrillKind.ProcessKill
            ? $"KILLED: process {before.ProcessId} of {before.Node} is gone; whether the takeover went well is seen on {before.Peer.Name} (halvs events) and by clients"
            : "PASSED: the other node serves; whether connections were kept only clients know (halvs traffic)";

    private static string Next(DrillKind kind, StatusReply before) => kind == DrillKind.PowerCut
        ? $". Power on again: halvs fence {DrillSafety.Serving(before)} --on"
        : "";
}
