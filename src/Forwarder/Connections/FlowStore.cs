namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The flows themselves: one pinned array taken once, slots 1 to capacity, freed slots chained through <see cref="Flow.OutsideNext"/>.
/// Slots above <see cref="HighWater"/> have never been used, so fresh memory is touched only as connections come.
/// </summary>
internal sealed class FlowStore(int capacity)
{
    private readonly Flow[] _flows = GC.AllocateArray<Flow>(capacity + 1, pinned: true);
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
        return slot;
    }

    public void Return(int slot)
    {
        ref Flow flow = ref _flows[slot];
        if (!flow.InUse)
        {
            throw new InvalidOperationException($"Connection slot {slot} freed twice: the connection table is damaged.");
        }

        flow.InUse = false;
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
