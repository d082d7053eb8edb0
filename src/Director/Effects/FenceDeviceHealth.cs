using System.Collections.Immutable;
using HaLvs.Director.Control;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Stonith.Devices.Execution;
using HaLvs.Stonith.Plan;

namespace HaLvs.Director.Effects;

/// <summary>Keeps the last test of every fence device, and tests again every half minute (a failed one every 3 s): a dead device is an alarm before it is needed.</summary>
internal sealed class FenceDeviceHealth(FenceTarget target, EventLog events)
{
    private static readonly TimeSpan HealthyEvery = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FailedEvery = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private IReadOnlyList<DeviceResult> _last = [];

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var results = await TestAsync(cancel);
            await Task.Delay(results.All(Works) ? HealthyEvery : FailedEvery, cancel);
        }
    }

    public async Task<IReadOnlyList<DeviceResult>> TestAsync(CancellationToken cancel)
    {
        var results = await target.TestAllAsync(cancel);
        if (cancel.IsCancellationRequested)
            return results;
        IReadOnlyList<DeviceResult> before;
        lock (_gate)
            (before, _last) = (_last, results);
        foreach (var result in results)
            TellChange(before.FirstOrDefault(b => b.Device == result.Device), result);
        return results;
    }

    public ImmutableArray<FenceDeviceStatus> Status(FencePlanState running)
    {
        IReadOnlyList<DeviceResult> last;
        lock (_gate)
            last = _last;
        return
        [
            .. target.Plan.Levels.SelectMany((level, index) => level.Select(limits => (Level: index + 1, limits.Device)))
                .Select(place => Describe(last.FirstOrDefault(r => r.Device == place.Device && r.Level == place.Level), place.Device, running)),
        ];
    }

    private FenceDeviceStatus Describe(DeviceResult? result, string device, FencePlanState running)
    {
        var state = running switch
        {
            FencePlanState.Running or FencePlanState.BackingOff => "fencing",
            _ when result is null => "untested",
            _ => Works(result) ? "ok" : "failed",
        };
        return new FenceDeviceStatus(target.Plan.Target, device, state, result?.Answer.Detail ?? "");
    }

    private void TellChange(DeviceResult? before, DeviceResult now)
    {
        if (before is null ? Works(now) : Works(before) == Works(now))
            return;
        events.Add(Works(now) ? EventSeverity.Notice : EventSeverity.Alarm, "fence-device",
            $"{now.Device} of {target.Plan.Target}: {(Works(now) ? "answers again" : "does NOT answer: a takeover would be blocked")}: {now.Answer.Detail}");
    }

    private static bool Works(DeviceResult result) => result.Answer.Reply != DeviceReply.Failed;
}
