namespace HaLvs.Forwarder.Connections;

/// <summary>
/// When to look at a flow again: a ring of buckets of 128 ms, about 17 minutes around. A flow stands in the bucket of the earliest time at which it
/// could end; packets only move <see cref="Flow.ExpiresAt"/>, and a flow found too early is put further on. So a packet costs no list work unless a
/// time-out became shorter.
/// </summary>
internal sealed class TimerWheel
{
    private const int TickShift = 7;
    private const int Buckets = 8192;
    private readonly FlowStore _flows;
    private readonly int[] _heads = GC.AllocateArray<int>(Buckets, pinned: true);
    private long _hand;
    private bool _started;

    public TimerWheel(FlowStore flows) => _flows = flows;

    /// <summary>Files the flow under <paramref name="dueAt"/>, or as far ahead as the ring reaches.</summary>
    public void Add(int slot, long dueAt, long now)
    {
        Start(now);
        ref Flow flow = ref _flows[slot];
        flow.TimerTick = (uint)Math.Clamp((dueAt >> TickShift) + 1, _hand, _hand + Buckets - 1);
        ref int head = ref Head(flow.TimerTick);
        flow.TimerPrevious = 0;
        flow.TimerNext = head;
        if (head != 0)
        {
            _flows[head].TimerPrevious = slot;
        }

        head = slot;
    }

    public void Remove(int slot)
    {
        ref Flow flow = ref _flows[slot];
        if (flow.TimerPrevious == 0)
        {
            Head(flow.TimerTick) = flow.TimerNext;
        }
        else
        {
            _flows[flow.TimerPrevious].TimerNext = flow.TimerNext;
        }

        if (flow.TimerNext != 0)
        {
            _flows[flow.TimerNext].TimerPrevious = flow.TimerPrevious;
        }
    }

    /// <summary>Moves the flow forward when it could now end before its bucket is looked at.</summary>
    public void Shorten(int slot, long dueAt, long now)
    {
        if ((dueAt >> TickShift) + 1 < _flows[slot].TimerTick)
        {
            Remove(slot);
            Add(slot, dueAt, now);
        }
    }

    /// <summary>Takes the next flow whose bucket is past, out of its bucket; 0 when there is none or the budget is used up.</summary>
    public int TakeDue(long now, ref int budget)
    {
        Start(now);
        long today = now >> TickShift;
        while (budget-- > 0)
        {
            int slot = Head(_hand);
            if (slot != 0)
            {
                if (_hand > today)
                {
                    return 0;
                }

                Remove(slot);
                return slot;
            }

            if (_hand >= today)
            {
                return 0;
            }

            _hand++;
        }

        return 0;
    }

    private ref int Head(long tick) => ref _heads[(int)(tick & (Buckets - 1))];

    private void Start(long now)
    {
        if (!_started)
        {
            _started = true;
            _hand = now >> TickShift;
        }
    }
}
