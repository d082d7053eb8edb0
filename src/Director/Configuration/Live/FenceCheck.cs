using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Director.Configuration.Live;

/// <summary>A fence device answers and accepts our credentials; nothing is switched.</summary>
internal static class FenceCheck
{
    /// <summary>Beyond a device's own time-out: fence agents log in slowly.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static LiveCheck For(FenceDeviceConfig config, string node, Func<FenceDeviceConfig, IFenceDevice> createDevice) =>
        new($"fence {config.Target}: {config.Type} {config.Address ?? config.Program}".TrimEnd(), c => LookAsync(config, node, createDevice, c)) { Patience = Patience };

    private static async Task<LiveResult> LookAsync(
        FenceDeviceConfig config, string node, Func<FenceDeviceConfig, IFenceDevice> createDevice, CancellationToken cancel)
    {
        DeviceAnswer answer = await createDevice(config).TestAsync(cancel);
        if (answer.Reply != DeviceReply.Failed)
        {
            return LiveResult.Ok(answer.Detail);
        }

        // Manual: there is nothing to reach. Own: only the peer ever fences this node.
        return config.Type == "manual" || config.Target == node
            ? LiveResult.Note(answer.Detail)
            : LiveResult.Failed($"{answer.Detail}; until this works, a dead {config.Target} blocks the takeover");
    }
}
