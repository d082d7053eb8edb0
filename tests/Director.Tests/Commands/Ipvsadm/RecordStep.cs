using System.Text.Json;
using System.Text.RegularExpressions;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>
/// One command of a record, compared word for word. The deliberate deviations stand here and in ADR 0016: -S keeps thresholds and time-outs, which
/// ipvsadm loses, and leaves out a -b that has no word; an IPv4-mapped IPv6 address is that IPv4 address (and stands where IPv4 stands); --nosort and -c are compared as sets because the kernel's order is that of a hash with a random key.
/// </summary>
internal static partial class RecordStep
{
    public static async Task CompareAsync(IpvsadmMachine machine, JsonElement step, List<string> differences, bool ratesAreChance = false)
    {
        string command = step.GetProperty("command").GetString()!;
        string input = step.TryGetProperty("stdin", out JsonElement text) ? text.GetString()! : "";
        (string output, string error, int exit) = await machine.RunAsync(command, input);
        (string expected, string actual) = (step.GetProperty("stdout").GetString()!, WithoutExtras(output));
        if (command.Contains("--rate", StringComparison.Ordinal))
        {
            actual = ratesAreChance ? actual : await AtItsSampleAsync(machine, command, expected, actual);
            (expected, actual) = ratesAreChance ? (Figures().Replace(expected, Blanked), Figures().Replace(actual, Blanked)) : (expected, actual);
        }

        Compare(command, Ordered(command, expected), Ordered(command, actual), differences);
        Compare(command + " (stderr)", step.GetProperty("stderr").GetString()!, error, differences);
        Compare(command + " (status)", step.GetProperty("exit").GetInt32().ToString(), exit.ToString(), differences);
    }

    public static void Compare(string what, string expected, string actual, List<string> differences)
    {
        expected = FlagsWithoutWord().Replace(expected, "");
        if (expected.Contains("[::ffff:", StringComparison.Ordinal))
        {
            (expected, actual) = (Sorted(Mapped().Replace(expected, "$1").Split('\n')), Sorted(actual.Split('\n')));
        }

        if (expected != actual)
        {
            differences.Add($"--- {what}\nexpected:\n{expected}\nactual:\n{actual}");
        }
    }

    /// <summary>What our -S adds to ipvsadm's.</summary>
    public static string WithoutExtras(string rules) => rules.StartsWith("-A ", StringComparison.Ordinal) || rules.StartsWith("--set ", StringComparison.Ordinal)
        ? Thresholds().Replace(SetLine().Replace(rules, ""), "")
        : rules;

    /// <summary>The record does not say when, within two seconds, its machine took the samples: ours may come a little later.</summary>
    private static async Task<string> AtItsSampleAsync(IpvsadmMachine machine, string command, string expected, string actual)
    {
        for (int tries = 0; tries < 21 && actual != expected; tries++)
        {
            machine.Wait(0.1);
            actual = (await machine.RunAsync(command)).Output;
        }

        return actual;
    }

    private static string Ordered(string command, string listing)
    {
        if (command.Contains(" -c", StringComparison.Ordinal) || command.Contains("--connection", StringComparison.Ordinal))
        {
            return Sorted(Expiry().Replace(listing, " MM:SS ").Split('\n'));
        }

        return command.Contains("--nosort", StringComparison.Ordinal) ? Sorted(ServiceBlock().Split(listing)) : listing;
    }

    private static string Sorted(string[] parts) => string.Join('\n', parts.Order(StringComparer.Ordinal));

    [GeneratedRegex(@"( -x \d+)?( -y \d+)?(?=\n)")]
    private static partial Regex Thresholds();

    [GeneratedRegex(@" -b (?=\n)")]
    private static partial Regex FlagsWithoutWord();

    /// <summary>The layout without the figures; their width may grow with them.</summary>
    private static string Blanked(Match figures) => string.Concat(Enumerable.Repeat(" #", figures.Groups[2].Captures.Count));

    [GeneratedRegex(@"(( +\d+[KMGT]?){5})(?=\n)")]
    private static partial Regex Figures();

    [GeneratedRegex(@"^--set .*\n")]
    private static partial Regex SetLine();

    [GeneratedRegex(@"\[::ffff:([\d.]+)\]")]
    private static partial Regex Mapped();

    [GeneratedRegex(@" \d\d:\d\d ")]
    private static partial Regex Expiry();

    [GeneratedRegex(@"(?<=\n)(?=[TUSF][CDW])")]
    private static partial Regex ServiceBlock();
}
