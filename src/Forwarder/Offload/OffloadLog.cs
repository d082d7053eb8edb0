namespace HaLvs.Forwarder.Offload;

/// <summary>
/// Orders to the kernel's cache, oldest first, in a ring that is taken with the first use. An install that finds no room is not given (the flow stays on
/// the user path); a removal that finds none may not be lost: <see cref="Overflowed"/> then says that the cache has to be emptied.
/// </summary>
internal sealed class OffloadLog
{
    /// <summary>More than every other worker can leave behind between two calls of the one that empties it.</summary>
    public const int Entries = 1 << 16;

    /// <summary>Room that installs leave for removals.</summary>
    private const int KeptForRemovals = Entries / 4;

    private OffloadChange[] _ring = [];
    private long _head;
    private long _tail;

    public bool IsOn { get; private set; }

    public bool Overflowed { get; private set; }

    public bool HasChanges => _head != _tail;

    public bool TakesInstalls => IsOn && !Overflowed && _head - _tail < Entries - KeptForRemovals;

    /// <summary>On: empty.</summary>
    public void Switch(bool on)
    {
        if (on && _ring.Length == 0)
        {
            _ring = GC.AllocateArray<OffloadChange>(Entries, pinned: true);
        }

        IsOn = on;
        Overflowed = false;
        _tail = _head;
    }

    public void Add(in OffloadChange change)
    {
        if (!IsOn || Overflowed)
        {
            return;
        }

        if (_head - _tail == Entries)
        {
            Overflowed = true;
            _tail = _head;
            return;
        }

        _ring[_head++ & (Entries - 1)] = change;
    }

    public bool TryTake(out OffloadChange change)
    {
        change = default;
        if (!HasChanges)
        {
            return false;
        }

        change = _ring[_tail++ & (Entries - 1)];
        return true;
    }
}
