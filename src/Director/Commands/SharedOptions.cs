using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands;

/// <summary>Options that several verbs have: one name, one text, one default.</summary>
internal static class SharedOptions
{
    public static Option<string> Socket() => new("--socket")
    {
        Description = $"Control socket of the director (environment: {ControlSocketPath.EnvironmentVariable}).",
        HelpName = "PATH",
        DefaultValueFactory = _ => ControlSocketPath.FromEnvironment(),
    };

    public static Option<bool> Json(string what) => new("--json") { Description = $"{what} as JSON." };

    public static Option<bool> Yes() => new("--yes") { Description = "Do not ask." };

    public static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        DefaultValueFactory = _ => fallback,
        CustomParser = ParseDuration,
    };

    public static Option<int> Count(string name, string description, int fallback, int minimum, int maximum)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && (value < minimum || value > maximum))
            {
                result.AddError($"{name} {value}: must be between {minimum} and {maximum}");
            }
        });
        return option;
    }

    public static Option<IPEndPoint?> Target(string description, bool required) => new("--target")
    {
        Description = description,
        HelpName = "IP:PORT",
        Required = required,
        CustomParser = ParseTarget,
    };

    private static TimeSpan ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        Parsed<TimeSpan> parsed = DurationText.Parse(text);
        string? complaint = parsed.Complaint ?? (parsed.Value < TimeSpan.FromMilliseconds(1) ? $"\"{text}\" is shorter than 1ms" : null);
        if (complaint is not null)
        {
            result.AddError(complaint);
        }

        return parsed.Value;
    }

    private static IPEndPoint? ParseTarget(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (IPEndPoint.TryParse(text, out IPEndPoint? target) && target.Port != 0)
        {
            return target;
        }

        result.AddError($"'{text}' is not ADDRESS:PORT, such as 192.0.2.100:80");
        return null;
    }
}
