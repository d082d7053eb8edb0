using System.Globalization;
using System.Text.Json;

namespace HaLvs.Lab.Tests.Observations;

/// <summary>What `halvs traffic` wrote at its end.</summary>
/// <param name="NewLongestGapMilliseconds">Longest time without a successful new connection.</param>
/// <param name="Gaps">Times without a successful new connection, from and to on CLOCK_MONOTONIC, in milliseconds.</param>
public sealed record TrafficReport(
    int Connections, int Lost, int Corrupted, long Messages, double LongestStallMilliseconds,
    long NewOk, long NewFailed, double NewLongestGapMilliseconds, IReadOnlyList<(double From, double To)> Gaps)
{
    public static TrafficReport Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        var fresh = root.GetProperty("newConnections");
        return new TrafficReport(
            root.GetProperty("connections").GetInt32(), root.GetProperty("lost").GetInt32(), root.GetProperty("corrupted").GetInt32(),
            root.GetProperty("messages").GetInt64(), root.GetProperty("longestStallMs").GetDouble(),
            fresh.GetProperty("ok").GetInt64(), fresh.GetProperty("failed").GetInt64(), fresh.GetProperty("longestGapMs").GetDouble(),
            [.. root.GetProperty("gaps").EnumerateArray().Select(g => (g.GetProperty("fromMonotonicMs").GetDouble(), g.GetProperty("toMonotonicMs").GetDouble()))]);
    }

    /// <summary>Milliseconds from a moment to the first new connection served after it; null when the gap it made was too short to be listed.</summary>
    public double? FirstNewAfter(double monotonicMilliseconds)
    {
        var gap = Gaps.FirstOrDefault(g => g.To > monotonicMilliseconds);
        return gap == default || gap.From > monotonicMilliseconds + 1000 ? null : gap.To - monotonicMilliseconds;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Connections} held, {Lost} lost, {Corrupted} corrupted, {Messages} messages, longest stall {LongestStallMilliseconds:0} ms; new: {NewOk} ok, {NewFailed} failed, longest gap {NewLongestGapMilliseconds:0} ms");
}
