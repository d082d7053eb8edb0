using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// Connections whose server has yet to answer the SYN proxy's SYN, by when to ask again: after one second, two more, four more. One ring per try, each
/// in the order of time. A ring that is full forgets its oldest: that connection ends by its timer.
/// </summary>
internal sealed class ProxyHandshakes(ConnectionTable connections)
{
    public const int Tries = 3;
    private const int Entries = 1 << 13;
    private const long FirstWait = 1000;
    private readonly Entry[][] _rings = [new Entry[Entries], new Entry[Entries], new Entry[Entries]];
    private readonly long[] _heads = new long[Tries];
    private readonly long[] _tails = new long[Tries];

    /// <param name="tries">SYNs sent so far, less one.</param>
    public void Wait(int slot, int tries, long now)
    {
        if (_heads[tries] - _tails[tries] == Entries)
        {
            _tails[tries]++;
        }

        _rings[tries][_heads[tries]++ & (Entries - 1)] = new Entry(slot, connections[slot].Stamp, now + (FirstWait << tries));
    }

    /// <summary>Takes the next one whose server has been silent for too long.</summary>
    /// <param name="budget">Entries that may still be looked at; most of them were answered long ago.</param>
    public bool TryTakeDue(long now, ref int budget, out int slot, out int tries)
    {
        for (tries = 0; tries < Tries; tries++)
        {
            while (_tails[tries] < _heads[tries] && budget-- > 0)
            {
                ref Entry entry = ref _rings[tries][_tails[tries] & (Entries - 1)];
                bool waits = IsWaiting(in entry);
                if (waits && entry.DueAt > now)
                {
                    break;
                }

                _tails[tries]++;
                if (waits)
                {
                    slot = entry.Slot;
                    return true;
                }
            }
        }

        slot = 0;
        return false;
    }

    private bool IsWaiting(in Entry entry)
    {
        ref Flow flow = ref connections[entry.Slot];
        return flow.InUse && flow.Stamp == entry.Stamp && (flow.Marks & FlowMarks.ProxyHandshake) != 0;
    }

    private readonly record struct Entry(int Slot, uint Stamp, long DueAt);
}
