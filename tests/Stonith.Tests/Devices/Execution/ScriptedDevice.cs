using System.Collections.Concurrent;
using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Devices.Execution;

/// <summary>A device that is a function; keeps what it was asked.</summary>
internal sealed class ScriptedDevice(string name, Func<DeviceAction, CancellationToken, Task<DeviceAnswer>> script) : IFenceDevice
{
    public string Name => name;

    public ConcurrentQueue<DeviceAction> Asked { get; } = new();

    public Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel)
    {
        Asked.Enqueue(action);
        return script(action, cancel);
    }

    public Task<DeviceAnswer> TestAsync(CancellationToken cancel) => ExecuteAsync(DeviceAction.Status, cancel);

    public static ScriptedDevice Answering(string name, DeviceReply off, DeviceReply status) =>
        new(name, (action, _) => Task.FromResult(new DeviceAnswer(action == DeviceAction.Status ? status : off, "scripted")));

    /// <summary>Answers only when it is cancelled.</summary>
    public static ScriptedDevice Hanging(string name) => new(name, async (_, cancel) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        return DeviceAnswer.Failed("unreachable code");
    });
}
