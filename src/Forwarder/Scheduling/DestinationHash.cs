using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// dh: the virtual address decides, over 256 buckets that servers share evenly in the order of the list. A server that takes no connections keeps
/// its buckets, and what falls into them is refused.
/// </summary>
internal sealed class DestinationHash : Scheduler
{
    private const int BucketBits = 8;
    private readonly RealServer?[] _buckets = new RealServer?[1 << BucketBits];

    public override bool FollowsFromList => true;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        RealServer? server = _buckets[KernelHash.Golden(KernelHash.Fold(connection.Virtual), BucketBits)];
        return server is { TakesConnections: true } ? server : null;
    }

    public override void Start(ReadOnlySpan<RealServer> servers) => Deal(servers);

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Deal(servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => Deal(servers);

    private void Deal(ReadOnlySpan<RealServer> servers)
    {
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            _buckets[bucket] = servers.IsEmpty ? null : servers[bucket % servers.Length];
        }
    }
}
