using System.Globalization;
using System.Text;
using HaLvs.Stonith.Devices.Programs;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices;

/// <summary>
/// A management controller over IPMI 2.0 (RMCP+, lanplus) through ipmitool. The password goes through its standard input (-f /dev/stdin).
/// The answers are matched word by word; anything else is a failure in the controller's own words.
/// </summary>
public sealed class IpmiDevice : IFenceDevice
{
    private const string Program = "/usr/bin/ipmitool";

    /// <summary>IPMI 2.0, 22.30: a password holds at most 20 bytes.</summary>
    private const int LongestPasswordBytes = 20;

    /// <summary>ipmitool's own noise in Debian 12: it misses a list of vendors that power control does not need.</summary>
    private const string RegistryNoise = "IANA PEN registry open failed";

    /// <summary>Completion code D5h in ipmitool's words (IPMI 2.0, table 5-2): some controllers refuse "off" when the power is off.</summary>
    private const string NotInPresentState = "Command not supported in present state";

    private readonly FenceDeviceConfig _config;
    private readonly string _address;
    private readonly string _passwordFile;

    /// <summary>Throws ArgumentException when address, user or password file is missing.</summary>
    public IpmiDevice(FenceDeviceConfig config)
    {
        _config = config;
        _address = Required(config.Address, "address");
        _passwordFile = Required(config.PasswordFile, "password-file");
        Required(config.User, "user");
    }

    public string Name => _config.Port == 623 ? $"ipmi {_address}" : $"ipmi {_address}:{_config.Port.ToString(CultureInfo.InvariantCulture)}";

    public Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel) => action switch
    {
        DeviceAction.Off => ChassisPowerAsync("off", OffAnswer, cancel),
        DeviceAction.On => ChassisPowerAsync("on", OnAnswer, cancel),
        DeviceAction.Status => ChassisPowerAsync("status", StatusAnswer, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    /// <summary>A session at ADMINISTRATOR level (ipmitool's default) is only opened for an account that may also switch the power off.</summary>
    public async Task<DeviceAnswer> TestAsync(CancellationToken cancel)
    {
        var status = await ExecuteAsync(DeviceAction.Status, cancel).ConfigureAwait(false);
        return status.Reply is DeviceReply.On or DeviceReply.Off
            ? new DeviceAnswer(DeviceReply.Done, $"reachable, credentials accepted, {status.Detail}")
            : status;
    }

    private string Required(string? value, string key) =>
        !string.IsNullOrWhiteSpace(value) ? value : throw new ArgumentException($"ipmi fence device of {_config.Target}: {key} is missing");

    private async Task<DeviceAnswer> ChassisPowerAsync(string verb, Func<ProgramOutcome, DeviceAnswer?> parse, CancellationToken cancel)
    {
        var password = PasswordFile.Read(_passwordFile, out var error);
        if (password is null) return DeviceAnswer.Failed(error!);
        if (Encoding.UTF8.GetByteCount(password) > LongestPasswordBytes)
            return DeviceAnswer.Failed($"password file {_passwordFile}: IPMI passwords hold at most {LongestPasswordBytes} bytes");
        var outcome = WithoutNoise(await ProgramRun.RunAsync(Call(verb, password), cancel).ConfigureAwait(false));
        return parse(outcome) ?? Refusal(verb, outcome);
    }

    private DeviceProgram Call(string verb, string password)
    {
        string[] arguments =
        [
            "-I", "lanplus", "-C", Number(_config.CipherSuite), "-N", "1", "-R", Number(Retries(_config.CommandTimeout)),
            "-H", _address, "-p", Number(_config.Port), "-U", _config.User!, "-f", "/dev/stdin", "chassis", "power", verb,
        ];
        return new DeviceProgram(Program, arguments, password + "\n", _config.CommandTimeout + TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// ipmitool waits 1 s, then 2 s, … for each retry, and opens the session twice: R retries give up after R × (R + 1) seconds (measured: 2.1, 6.1
    /// and 20.1 s for 1, 2 and 4). The most that still end by themselves within the command's time, so that the reason is the controller's, not our kill.
    /// </summary>
    private static int Retries(TimeSpan commandTimeout)
    {
        var retries = 1;
        while ((retries + 1) * (retries + 2) < commandTimeout.TotalSeconds) retries++;
        return retries;
    }

    private static DeviceAnswer? OffAnswer(ProgramOutcome outcome)
    {
        if (outcome.ExitCode == 0 && Says(outcome, "Chassis Power Control: Down/Off")) return new DeviceAnswer(DeviceReply.Done, "power off accepted");
        // Not an error for a host that is off already. Done is never believed without the read-back that follows, so this can not lie.
        return outcome.ExitCode is > 0 && outcome.Errors.Contains(NotInPresentState, StringComparison.Ordinal)
            ? new DeviceAnswer(DeviceReply.Done, $"controller: {NotInPresentState.ToLowerInvariant()}; it may be off already")
            : null;
    }

    private static DeviceAnswer? OnAnswer(ProgramOutcome outcome) =>
        outcome.ExitCode == 0 && Says(outcome, "Chassis Power Control: Up/On") ? new DeviceAnswer(DeviceReply.Done, "power on accepted") : null;

    private static DeviceAnswer? StatusAnswer(ProgramOutcome outcome) => outcome.ExitCode != 0 ? null
        : Says(outcome, "Chassis Power is off") ? new DeviceAnswer(DeviceReply.Off, "power is off")
        : Says(outcome, "Chassis Power is on") ? new DeviceAnswer(DeviceReply.On, "power is on")
        : null;

    private static bool Says(ProgramOutcome outcome, string line) => outcome.Output.Trim() == line;

    private static DeviceAnswer Refusal(string verb, ProgramOutcome outcome) => DeviceAnswer.Failed(
        $"power {verb}: {outcome.Trouble ?? $"ipmitool exit {outcome.ExitCode}: {outcome.LastWords}"}");

    private static ProgramOutcome WithoutNoise(ProgramOutcome outcome) => outcome with
    {
        Errors = string.Join('\n', outcome.Errors.Split('\n').Where(line => !line.Contains(RegistryNoise, StringComparison.Ordinal))),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
