using System.Globalization;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Explaining;

/// <summary>A drain in one sentence: "3 of 12 connections left, 4:10 to the deadline, then removed".</summary>
public static class DrainText
{
    public static string Of(DrainSnapshot drain)
    {
        ArgumentNullException.ThrowIfNull(drain);
        string left = drain.ConnectionsLeft == 0
            ? "no connection left"
            : string.Create(CultureInfo.InvariantCulture, $"{drain.ConnectionsLeft} of {drain.ConnectionsAtStart} connections left");
        return $"{left}{Deadline(drain)}, {(drain.TakesAway ? "then removed" : "stays at weight 0")}";
    }

    /// <summary>Minutes and seconds, with hours where there are any; a part of a second counts as one.</summary>
    public static string Clock(TimeSpan time)
    {
        long seconds = (long)Math.Ceiling(time.TotalSeconds);
        return seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    private static string Deadline(DrainSnapshot drain) => drain switch
    {
        { Ended: > 0 } => string.Create(CultureInfo.InvariantCulture, $", {drain.Ended} ended at the deadline"),
        { IsOver: true } => "",
        { Remaining: { } remaining } => remaining == TimeSpan.Zero ? ", the deadline has passed" : $", {Clock(remaining)} to the deadline",
        _ => ", no deadline",
    };
}
