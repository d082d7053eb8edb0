using System.Numerics;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// A chained hash index over <see cref="FlowStore"/>. Two flows may share an inside tuple (one client port to two services of one server, as in
/// IPVS); the newest is found, as the kernel does.
/// </summary>
internal sealed class FlowIndex<TSide>
    where TSide : struct, IFlowSide
{
    private readonly FlowStore _flows;
    private readonly FlowHash _hash;
    private readonly int[] _heads;
    private readonly uint _mask;

    public FlowIndex(FlowStore flows, FlowHash hash)
    {
        _flows = flows;
        _hash = hash;
        uint buckets = BitOperations.RoundUpToPowerOf2((uint)Math.Max(flows.Capacity, 16));
        _heads = GC.AllocateArray<int>((int)buckets, pinned: true);
        _mask = buckets - 1;
    }

    public int Find(in FlowTuple tuple)
    {
        int slot = _heads[_hash.Of(in tuple) & _mask];
        while (slot != 0 && !TSide.Matches(in _flows[slot], in tuple))
        {
            slot = TSide.Next(ref _flows[slot]);
        }

        return slot;
    }

    public void Add(int slot)
    {
        ref int head = ref HeadOf(slot);
        TSide.Next(ref _flows[slot]) = head;
        head = slot;
    }

    public void Remove(int slot)
    {
        ref int link = ref HeadOf(slot);
        while (link != slot)
        {
            if (link == 0)
            {
                throw new InvalidOperationException($"Connection slot {slot} is missing in its hash chain: the connection table is damaged.");
            }

            link = ref TSide.Next(ref _flows[link]);
        }

        link = TSide.Next(ref _flows[slot]);
    }

    private ref int HeadOf(int slot) => ref _heads[_hash.Of(TSide.TupleOf(in _flows[slot])) & _mask];
}
