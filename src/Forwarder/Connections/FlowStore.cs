using System.Numerics;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The flows themselves: one pinned array taken once, slots 1 to capacity, freed slots chained through <see cref="Flow.OutsideNext"/>.
/// Slots above <see cref="HighWater"/> have never been used, so fresh memory is touched only as connections come.
/// </summary>
internal sealed class FlowStore(int capacity)
{
    private const int WordShift = 6;
    private readonly Flow[] _flows = GC.AllocateArray<Flow>(capacity + 1, pinned: true);
    /// <summary>One bit per slot in use: a listing of few flows in a large table does not walk the table.</summary>
    private readonly ulong[] _used = GC.AllocateArray<ulong>((capacity >> WordShift) + 1, pinned: true);
    private int _free;

    public int Capacity { get; } = capacity;

    public int Count { get; private set; }

    public int HighWater { get; private set; }

    public ref Flow this[int slot] => ref _flows[slot];

    /// <summary>A cleared slot, or 0 when all are taken.</summary>
    public int Take()
    {
        int slot = _free;
        if (slot != 0)
        {
            _free = _flows[slot].OutsideNext;
        }
        else if (HighWater < Capacity)
        {
            slot = ++HighWater;
        }
        else
        {
            return 0;
        }

        Count++;
        uint stamp = _flows[slot].Stamp;
        _flows[slot] = default;
        _flows[slot].Stamp = stamp + 1;
        _flows[slot].InUse = true;
        _used[slot >> WordShift] |= 1UL << slot;
        return slot;
    }

    /// <summary>The first slot in use from this one on; 0: none.</summary>
    public int NextInUse(int slot)
    {
        int word = slot >> WordShift;
        ulong bits = word < _used.Length ? _used[word] & (ulong.MaxValue << slot) : 0;
        while (bits == 0 && ++word <= HighWater >> WordShift)
        {
            bits = _used[word];
        }

        return bits == 0 ? 0 : (word << WordShift) + BitOperations.TrailingZeroCount(bits);
    }

    public void Return(int slot)
    {
        ref Flow flow = ref _flows[slot];
        if (!flow.InUse)
        {
            throw new InvalidOperationException($"Connection slot {slot} freed twice: the connection table is damaged.");
        }

        flow.InUse = false;
        _used[slot >> WordShift] &= ~(1UL << slot);
        flow.OutsideNext = _free;
        _free = slot;
        Count--;
    }

    /// <summary>Length of the free chain; for the consistency check of tests.</summary>
    public int CountFree()
    {
        int count = Capacity - HighWater;
        for (int slot = _free; slot != 0; slot = _flows[slot].OutsideNext)
        {
            count++;
        }

        return count;
    }
}
