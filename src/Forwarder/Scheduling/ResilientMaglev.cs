using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// mhr: as mh a table of slots that the client's address (with mh-port also its port) chooses from, but each slot belongs to the server that bids
/// least for it, by name and weight alone (<see cref="SlotBid"/>). So a new server takes its share and no slot changes hands between others, a
/// server that is removed or quiesced gives up its own only, and both directors have the same table whatever was changed before.
/// A slot whose server is overloaded goes to the next best bidder meanwhile.
/// </summary>
internal sealed class ResilientMaglev : Scheduler
{
    private const int SlotBits = 14;
    private readonly RealServer?[] _slots = new RealServer?[1 << SlotBits];
    private readonly long[] _costs = new long[1 << SlotBits];

    public override bool FollowsFromList => true;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        uint client = KernelHash.Fold(connection.Client) + ((Options & SchedulerOptions.Port) != 0 ? connection.ClientPort : 0u);
        int slot = (int)(MaglevHash.Hash(client) >> (32 - SlotBits));
        return _slots[slot] is { TakesConnections: true } owner ? owner : Best(servers, slot, mustTake: true, out _);
    }

    public override void Start(ReadOnlySpan<RealServer> servers)
    {
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            Auction(servers, slot);
        }
    }

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => ServerEdited(0, servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers)
    {
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot] is not { IsConfigured: true })
            {
                Auction(servers, slot);
            }
        }
    }

    /// <summary>The server bids anew; what it loses or wins is its alone.</summary>
    public override void ServerEdited(int index, ReadOnlySpan<RealServer> servers)
    {
        RealServer server = servers[index];
        ulong name = SlotBid.Name(server);
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot] == server)
            {
                Auction(servers, slot);
            }
            else if (server.Weight > 0)
            {
                Bid(server, SlotBid.Cost(name, slot), slot);
            }
        }
    }

    private void Bid(RealServer server, long cost, int slot)
    {
        if (_slots[slot] is not { } owner || SlotBid.Beats(server, cost, owner, _costs[slot]))
        {
            (_slots[slot], _costs[slot]) = (server, cost);
        }
    }

    private void Auction(ReadOnlySpan<RealServer> servers, int slot) => _slots[slot] = Best(servers, slot, mustTake: false, out _costs[slot]);

    private static RealServer? Best(ReadOnlySpan<RealServer> servers, int slot, bool mustTake, out long cost)
    {
        RealServer? best = null;
        cost = 0;
        foreach (RealServer server in servers)
        {
            long its = SlotBid.Cost(SlotBid.Name(server), slot);
            bool bids = mustTake ? server.TakesConnections : server.Weight > 0;
            if (bids && (best is null || SlotBid.Beats(server, its, best, cost)))
            {
                (best, cost) = (server, its);
            }
        }

        return best;
    }
}
