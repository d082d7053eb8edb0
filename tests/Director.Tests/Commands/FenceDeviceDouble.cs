using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Director.Tests.Commands;

/// <summary>A device that always says the same.</summary>
internal sealed class FenceDeviceDouble(string name, DeviceAnswer answer) : IFenceDevice
{
    public string Name => name;

    public Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel) => Task.FromResult(answer);

    public Task<DeviceAnswer> TestAsync(CancellationToken cancel) => Task.FromResult(answer);
}
