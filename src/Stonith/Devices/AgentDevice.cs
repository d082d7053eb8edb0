using System.Text.RegularExpressions;
using HaLvs.Stonith.Devices.Programs;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices;

/// <summary>
/// Any program that speaks the FenceAgentAPI: options on standard input, exit codes. Off: 0 done. Status: 0 on, 2 off, anything else unknown.
/// The agent's "off" is read back by its "status" like that of any device.
/// </summary>
public sealed partial class AgentDevice : IFenceDevice
{
    private const string AgentFolder = "/usr/sbin";

    private readonly FenceDeviceConfig _config;
    private readonly string _program;

    /// <summary>Throws ArgumentException for a missing program or for options that must not be there.</summary>
    public AgentDevice(FenceDeviceConfig config)
    {
        if (string.IsNullOrWhiteSpace(config.Program)) throw new ArgumentException($"fence agent of {config.Target}: program is missing");
        AgentInput.Validate(config);
        _config = config;
        _program = Path.IsPathRooted(config.Program) ? config.Program : Path.Combine(AgentFolder, config.Program);
    }

    public string Name => string.Join(' ', new[] { "agent", Path.GetFileName(_program), _config.Address, Plug }.Where(part => part is not null));

    public async Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel)
    {
        string? password = null;
        if (_config.PasswordFile is { } file && (password = PasswordFile.Read(file, out var error)) is null) return DeviceAnswer.Failed(error!);
        var verb = Verb(action);
        var input = AgentInput.Compose(_config, password, verb);
        var program = new DeviceProgram(_program, [], input, _config.CommandTimeout + TimeSpan.FromSeconds(1));
        var outcome = Redacted(await ProgramRun.RunAsync(program, cancel).ConfigureAwait(false), password);
        return (action == DeviceAction.Status ? StatusAnswer(outcome) : SwitchAnswer(verb, outcome)) ?? Refusal(verb, outcome);
    }

    /// <summary>By "status", not "monitor": that one does not look at the plug, and an agent without a working status could never be read back.</summary>
    public async Task<DeviceAnswer> TestAsync(CancellationToken cancel)
    {
        var status = await ExecuteAsync(DeviceAction.Status, cancel).ConfigureAwait(false);
        return status.Reply is DeviceReply.On or DeviceReply.Off
            ? new DeviceAnswer(DeviceReply.Done, $"reachable, credentials accepted, {status.Detail}")
            : status;
    }

    private string? Plug => _config.Options.TryGetValue("plug", out var plug) || _config.Options.TryGetValue("port", out plug) ? $"plug {plug}" : null;

    private static string Verb(DeviceAction action) => action switch
    {
        DeviceAction.Off => "off",
        DeviceAction.On => "on",
        DeviceAction.Status => "status",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    private static DeviceAnswer? SwitchAnswer(string verb, ProgramOutcome outcome) =>
        outcome.ExitCode == 0 ? new DeviceAnswer(DeviceReply.Done, $"power {verb}: the agent reports success") : null;

    private static DeviceAnswer? StatusAnswer(ProgramOutcome outcome) => outcome.ExitCode switch
    {
        0 => new DeviceAnswer(DeviceReply.On, "power is on"),
        2 when SaysOff(outcome) => new DeviceAnswer(DeviceReply.Off, "power is off"),
        _ => null,
    };

    /// <summary>
    /// Shells and interpreters also exit 2 when they can not run a script at all. So 2 means off only when the agent says so ("Status: OFF", as the
    /// common library prints it) or says nothing whatever.
    /// </summary>
    private static bool SaysOff(ProgramOutcome outcome) =>
        OffWord().IsMatch(outcome.Output) || string.IsNullOrWhiteSpace(outcome.Output + outcome.Errors);

    [GeneratedRegex(@"\boff\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OffWord();

    private static DeviceAnswer Refusal(string verb, ProgramOutcome outcome) => DeviceAnswer.Failed(
        $"power {verb}: {outcome.Trouble ?? $"agent exit {outcome.ExitCode}: {outcome.LastWords}"}");

    /// <summary>A verbose agent prints its options: the password must not reach the event log.</summary>
    private static ProgramOutcome Redacted(ProgramOutcome outcome, string? password) => password is null ? outcome : outcome with
    {
        Output = outcome.Output.Replace(password, "[password]", StringComparison.Ordinal),
        Errors = outcome.Errors.Replace(password, "[password]", StringComparison.Ordinal),
    };
}
