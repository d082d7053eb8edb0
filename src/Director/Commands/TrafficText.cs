using System.Globalization;
using System.Text;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Commands;

/// <summary>A traffic report for people.</summary>
public static class TrafficText
{
    public static string Progress(TrafficReport r) => string.Create(
        CultureInfo.InvariantCulture,
        $"traffic: {(r.EndedMonotonicMs - r.StartedMonotonicMs) / 1_000:0} s, {r.Connections - r.Lost} held, {r.Lost} lost, {r.Corrupted} corrupted, {r.Messages} messages, longest stall {ElapsedText.Fine(r.LongestStallMs)}, {r.NewConnections.Ok} new ({r.NewConnections.Failed} failed, longest gap {ElapsedText.Fine(r.NewConnections.LongestGapMs)})");

    public static string Render(TrafficReport r)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"held          {r.Connections} connections: {r.Connections - r.Lost} kept, {r.Lost} lost, {r.Corrupted} corrupted answers\n");
        text.Append(CultureInfo.InvariantCulture, $"messages      {r.Messages} verified, longest stall {ElapsedText.Fine(r.LongestStallMs)}\n");
        text.Append(CultureInfo.InvariantCulture, $"new           {r.NewConnections.Ok} served, {r.NewConnections.Failed} failed, longest gap {ElapsedText.Fine(r.NewConnections.LongestGapMs)}\n");
        foreach (LostReason reason in r.LostReasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"lost          {reason.Count}: {reason.Reason}\n");
        }

        return text.ToString();
    }
}
