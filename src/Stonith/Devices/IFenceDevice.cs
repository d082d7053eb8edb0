using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices;

/// <summary>A power device for one target. An edge: the simulator has its own.</summary>
public interface IFenceDevice
{
    /// <summary>"ipmi 198.51.100.11", for status and events. Never a secret.</summary>
    string Name { get; }

    /// <summary>Carries one action out. Never throws for what a device or network does: that is <see cref="DeviceReply.Failed"/> with a reason. Kills what it started when cancelled.</summary>
    Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel);

    /// <summary>Proves reachability and credentials without changing anything.</summary>
    Task<DeviceAnswer> TestAsync(CancellationToken cancel);
}
