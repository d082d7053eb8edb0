using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// sh: the client's address (with sh-port also its port) decides, over 256 buckets that are dealt in the order of the list, as many in a row to
/// each server as its weight; weight 0 takes one as well. A bucket whose server takes no connections refuses, or with sh-fallback others are tried.
/// </summary>
internal sealed class SourceHash : Scheduler
{
    private const int BucketBits = 8;
    private const int Buckets = 1 << BucketBits;
    private readonly RealServer?[] _buckets = new RealServer?[Buckets];

    public override bool FollowsFromList => true;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        ushort port = (Options & SchedulerOptions.Port) != 0 ? connection.ClientPort : (ushort)0;
        int bucket = KernelHash.Golden(KernelHash.Fold(connection.Client) + port, BucketBits);
        if (_buckets[bucket] is { TakesConnections: true } server)
        {
            return server;
        }

        return (Options & SchedulerOptions.Fallback) != 0 ? Fallback(bucket) : null;
    }

    public override void Start(ReadOnlySpan<RealServer> servers) => Deal(servers);

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Deal(servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => Deal(servers);

    public override void ServerEdited(int index, ReadOnlySpan<RealServer> servers) => Deal(servers);

    /// <summary>The kernel adds the offset to the hash and lets the offset begin at the hash, so the search begins at twice the hash.</summary>
    private RealServer? Fallback(int bucket)
    {
        for (int step = 0; step < Buckets; step++)
        {
            if (_buckets[((2 * bucket) + step) % Buckets] is { TakesConnections: true } server)
            {
                return server;
            }
        }

        return null;
    }

    private void Deal(ReadOnlySpan<RealServer> servers)
    {
        int index = 0;
        int dealt = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            _buckets[bucket] = servers.IsEmpty ? null : servers[index];
            if (!servers.IsEmpty && ++dealt >= servers[index].Weight)
            {
                index = (index + 1) % servers.Length;
                dealt = 0;
            }
        }
    }
}
