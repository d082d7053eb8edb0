using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>
/// Everything that can switch one node's power: the plan and the devices by the names that the plan uses. Test and read are safe from any
/// thread and at any time; they change nothing.
/// </summary>
public sealed class FenceTarget
{
    private readonly Dictionary<string, TimedDevice> _devices;

    /// <summary>Throws ArgumentException when the plan names a device that is not there.</summary>
    public FenceTarget(FencePlanConfig plan, IReadOnlyDictionary<string, IFenceDevice> devices)
    {
        Plan = plan;
        _devices = plan.Levels.SelectMany(level => level).GroupBy(limits => limits.Device, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => Timed(same.Key, same.Max(limits => limits.CommandTimeout), devices), StringComparer.Ordinal);
    }

    public FencePlanConfig Plan { get; }

    /// <summary>Builds plan and devices of one target from its configuration entries. Throws ArgumentException with a clear text for a wrong entry.</summary>
    public static FenceTarget Create(string target, IReadOnlyList<FenceDeviceConfig> entries, TimeSpan backoffInitial, TimeSpan backoffMaximum)
    {
        var devices = new Dictionary<string, IFenceDevice>(StringComparer.Ordinal);
        var levels = entries.GroupBy(entry => entry.Level).OrderBy(level => level.Key)
            .Select(level => (IReadOnlyList<FenceDeviceLimits>)[.. level.Select(entry => Enlist(entry, devices))]);
        var plan = new FencePlanConfig(target, [.. levels], backoffInitial, backoffMaximum);
        plan.Validate();
        return new FenceTarget(plan, devices);
    }

    /// <summary>Proves reachability and credentials of every device without harm.</summary>
    public Task<IReadOnlyList<DeviceResult>> TestAllAsync(CancellationToken cancel) => AskAsync(Places(), device => device.TestAsync(cancel));

    /// <summary>
    /// On when any device reads on, whatever the others say; off only when every device of one level reads off; otherwise unknown (I3).
    /// So a socket strip that is on beside a controller that reads off counts as on: without a command of ours the careful answer wins.
    /// </summary>
    public async Task<PowerReading> ReadPowerAsync(CancellationToken cancel)
    {
        var results = await AskAsync(Places(), device => device.ExecuteAsync(DeviceAction.Status, cancel)).ConfigureAwait(false);
        return new PowerReading(IsOn(results), string.Join("; ", results.Select(result => $"{result.Device}: {result.Answer.Detail}")));
    }

    /// <summary>On to every device, the last level first: a socket strip before the controller that hangs on it.</summary>
    internal async Task<IReadOnlyList<DeviceResult>> PowerOnAsync(CancellationToken cancel)
    {
        var results = new List<DeviceResult>();
        foreach (var level in Places().GroupBy(place => place.Level).Reverse())
            results.AddRange(await AskAsync(level, device => device.ExecuteAsync(DeviceAction.On, cancel)).ConfigureAwait(false));
        return results;
    }

    internal Task<DeviceAnswer> ExecuteAsync(string device, DeviceAction action, CancellationToken cancel) =>
        _devices[device].ExecuteAsync(action, cancel);

    private static TimedDevice Timed(string name, TimeSpan commandTimeout, IReadOnlyDictionary<string, IFenceDevice> devices) =>
        devices.TryGetValue(name, out var device)
            ? new TimedDevice(device, commandTimeout)
            : throw new ArgumentException($"the fence plan names the device \"{name}\", which does not exist");

    /// <summary>Two sockets of one strip may look alike: every entry is a device of its own and gets a name of its own.</summary>
    private static FenceDeviceLimits Enlist(FenceDeviceConfig entry, Dictionary<string, IFenceDevice> devices)
    {
        var device = FenceDeviceFactory.Create(entry);
        var name = device.Name;
        for (var number = 2; !devices.TryAdd(name, device); number++) name = $"{device.Name} #{number}";
        return new FenceDeviceLimits(name, entry.CommandTimeout, entry.OffTimeout, entry.PollInterval, entry.Attempts);
    }

    private static bool? IsOn(IReadOnlyList<DeviceResult> results) =>
        results.Any(result => result.Answer.Reply == DeviceReply.On) ? true
        : results.GroupBy(result => result.Level).Any(level => level.All(result => result.Answer.Reply == DeviceReply.Off)) ? false
        : null;

    private IEnumerable<(int Level, string Device)> Places() =>
        Plan.Levels.SelectMany((level, index) => level.Select(limits => (index + 1, limits.Device)));

    private async Task<IReadOnlyList<DeviceResult>> AskAsync(
        IEnumerable<(int Level, string Device)> places, Func<TimedDevice, Task<DeviceAnswer>> question) =>
        await Task.WhenAll(places.Select(async place =>
            new DeviceResult(place.Level, place.Device, await question(_devices[place.Device]).ConfigureAwait(false)))).ConfigureAwait(false);
}
