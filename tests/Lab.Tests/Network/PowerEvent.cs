using System.Globalization;

namespace HaLvs.Lab.Tests.Network;

/// <summary>What happened to a director's power supply (deploy/lib/power.sh writes it).</summary>
/// <param name="MonotonicMilliseconds">CLOCK_MONOTONIC, the clock of events and traffic reports.</param>
/// <param name="Event">cut, off, on, started, already-off, already-on.</param>
/// <param name="Who">operator or bmc.</param>
public sealed record PowerEvent(double MonotonicMilliseconds, string Event, string Who)
{
    public static IReadOnlyList<PowerEvent> Of(string director)
    {
        var path = $"{LabNetwork.Folder}/{director}/power.log";
        return File.Exists(path) ? [.. File.ReadLines(path).Select(Parse)] : [];
    }

    /// <summary>How often the power controller of a director cut its power.</summary>
    public static int FencesOf(string director) => Of(director).Count(e => e is { Event: "cut", Who: "bmc" });

    private static PowerEvent Parse(string line)
    {
        var words = line.Split(' ');
        return new PowerEvent(double.Parse(words[0], CultureInfo.InvariantCulture), words[1], words[2]);
    }
}
