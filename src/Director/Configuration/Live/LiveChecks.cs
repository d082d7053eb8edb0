using HaLvs.Linux;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration.Live;

/// <summary>Everything outside the file that a director needs, looked at without changing anything that runs.</summary>
internal static class LiveChecks
{
    /// <summary>In the order in which an operator would put things right.</summary>
    public static IReadOnlyList<LiveCheck> For(DirectorModel model, string node, Func<FenceDeviceConfig, IFenceDevice> createDevice) =>
    [
        new("privileges", _ => Task.FromResult(PrivilegeCheck.Look())),
        new("/dev/net/tun", _ => Task.FromResult(TunCheck.Look())),
        .. new[] { model.Network.External, model.Network.Internal }.Select(InterfaceCheck.For),
        .. Own(model, model.NodeNamed(node)),
        .. Peer(model, node),
        .. model.Nodes.SelectMany(n => n.Fence).Select(d => FenceCheck.For(d, node, createDevice)),
        .. ConnectCheck.ForServers(model),
    ];

    /// <summary>Runs one check; whatever goes wrong in it is its result.</summary>
    public static async Task<LiveResult> RunAsync(LiveCheck check, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(check.Patience);
        try
        {
            return await check.Look(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return LiveResult.Failed("no answer in time; look at cables, addresses and firewalls on the way");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LinuxException or ArgumentException)
        {
            return LiveResult.Failed(exception.Message);
        }
    }

    private static IEnumerable<LiveCheck> Own(DirectorModel model, NodeModel own)
    {
        if (model.Nodes.Length < 2)
        {
            yield break;
        }

        if (own.Sync is { } sync)
        {
            yield return PortCheck.ForSync(sync);
        }

        foreach (LinkModel link in own.Links)
        {
            yield return link is LinkModel.Udp udp ? PortCheck.ForLink(udp.Local) : SerialCheck.For((LinkModel.Serial)link);
        }
    }

    private static LiveCheck[] Peer(DirectorModel model, string node) =>
        model.PeerOf(node) is { Sync: { } sync } peer ? [ConnectCheck.ForPeer(peer.Name, sync)] : [];
}
