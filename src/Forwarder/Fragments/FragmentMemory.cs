using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Fragments;

/// <summary>
/// What is known of the datagrams of one family whose fragments are under way, and the fragments that came too early. Bounded in entries, bytes and time;
/// what is over is counted, fragment by fragment, under its reason.
/// </summary>
internal sealed class FragmentMemory(int entries, int blocks, long lifetimeMilliseconds, FlowHash hash, ForwarderCounters counters)
{
    /// <summary>A datagram is at most 64 KiB; its pieces are held with their headers.</summary>
    private const int MostBlocksOfOne = 64;

    /// <summary>An identification that comes back after such a silence is a new datagram's (RFC 4963: 16 bits wrap in seconds).</summary>
    private const long ReuseMilliseconds = 1000;

    private readonly FragmentTable _table = new(entries, hash);
    private readonly FragmentMap _map = new(entries);
    private readonly HeldFragments _held = new(blocks);
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ForwardingCore.FrameBytes, pinned: true);

    public int Count => _table.Count;

    public int FreeBlocks => _held.FreeBlocks;

    public ref FragmentEntry this[int entry] => ref _table[entry];

    /// <summary>The entry of the fragment's datagram, the fragment marked in it; 0 with the reason when the fragment must go no further.</summary>
    public int Enter(in Packet packet, long now, out DropReason refused)
    {
        FragmentKey key = FragmentKey.Of(in packet);
        int entry = _table.Find(in key);
        refused = entry == 0 ? DropReason.None : Judge(entry, in packet);
        bool comesBack = entry != 0 && now - _table[entry].LastAt > ReuseMilliseconds && refused == DropReason.FragmentOverlap && !packet.IsV6;
        if (entry != 0 && (comesBack || now - _table[entry].BornAt >= lifetimeMilliseconds))
        {
            End(entry, DropReason.FragmentTimedOut);
            (entry, refused) = (0, DropReason.None);
        }

        if (refused != DropReason.None)
        {
            return 0;
        }

        entry = entry == 0 ? Add(in key, now) : entry;
        Mark(entry, in packet, now);
        return entry;
    }

    /// <summary>Keeps the frame until the first fragment comes. False: no room.</summary>
    public bool TryHold(int entry, ReadOnlySpan<byte> frame)
    {
        int blocks = HeldFragments.BlocksFor(frame.Length);
        ref FragmentEntry waiting = ref _table[entry];
        if (waiting.BlocksHeld + blocks > MostBlocksOfOne || !MakeRoom(blocks, entry))
        {
            return false;
        }

        int held = _held.Add(frame);
        if (waiting.FirstHeld == 0)
        {
            waiting.FirstHeld = held;
        }
        else
        {
            _held.Chain(waiting.LastHeld, held);
        }

        waiting.LastHeld = held;
        waiting.BlocksHeld += blocks;
        return true;
    }

    /// <summary>The oldest fragment held for this datagram, in a buffer that lives until the next call; empty: there is none.</summary>
    public Span<byte> TakeHeld(int entry)
    {
        ref FragmentEntry waiting = ref _table[entry];
        if (waiting.FirstHeld == 0)
        {
            return default;
        }

        (int length, waiting.FirstHeld) = _held.Remove(waiting.FirstHeld, _scratch);
        waiting.BlocksHeld -= HeldFragments.BlocksFor(length);
        return _scratch.AsSpan(0, length);
    }

    public void RemoveIfComplete(int entry)
    {
        if (_table[entry].IsComplete)
        {
            _table.Remove(entry);
        }
    }

    public void Tick(long now)
    {
        while (_table.Oldest != 0 && now - _table[_table.Oldest].BornAt >= lifetimeMilliseconds)
        {
            End(_table.Oldest, DropReason.FragmentTimedOut);
        }
    }

    /// <summary>
    /// Overlap spoils the datagram (RFC 5722, and the kernel for IPv4 as well); a piece that came already is only dropped. So does a last fragment that
    /// ends elsewhere than another, or before what came.
    /// </summary>
    private DropReason Judge(int entry, in Packet packet)
    {
        ref FragmentEntry known = ref _table[entry];
        (int first, int units) = UnitsOf(in packet);
        int seen = _map.Count(entry, first, units);
        int all = packet.MoreFragments ? known.UnitsInAll : first + units;
        bool ends = known.UnitsInAll != 0 && (all != known.UnitsInAll || first + units > all);
        bool cuts = !packet.MoreFragments && known.UnitsInAll == 0 && known.UnitsSeen > all;
        if (known.Fate != FragmentFate.Spoilt && !ends && !cuts && seen == 0)
        {
            return DropReason.None;
        }

        if (seen != units || ends || cuts)
        {
            known.Fate = FragmentFate.Spoilt;
            DropHeld(entry, DropReason.FragmentOverlap);
        }

        return DropReason.FragmentOverlap;
    }

    private int Add(in FragmentKey key, long now)
    {
        if (_table.IsFull)
        {
            End(_table.Oldest, DropReason.FragmentsFull);
        }

        int entry = _table.Add(in key, now);
        _map.Clear(entry);
        return entry;
    }

    private void Mark(int entry, in Packet packet, long now)
    {
        ref FragmentEntry known = ref _table[entry];
        (int first, int units) = UnitsOf(in packet);
        _map.Mark(entry, first, units);
        known.UnitsSeen += units;
        known.UnitsInAll = packet.MoreFragments ? known.UnitsInAll : first + units;
        known.LastAt = now;
    }

    /// <summary>Lets the oldest datagrams go until there is room, but not this one.</summary>
    private bool MakeRoom(int blocks, int spare)
    {
        for (int entry = _table.Oldest; entry != 0 && _held.FreeBlocks < blocks;)
        {
            int next = _table[entry].YoungerNext;
            if (entry != spare && _table[entry].FirstHeld != 0)
            {
                End(entry, DropReason.FragmentsFull);
            }

            entry = next;
        }

        return _held.FreeBlocks >= blocks;
    }

    private void End(int entry, DropReason reason)
    {
        DropHeld(entry, reason);
        _table.Remove(entry);
    }

    private void DropHeld(int entry, DropReason reason)
    {
        while (!TakeHeld(entry).IsEmpty)
        {
            counters.Drop(reason);
        }
    }

    private static (int First, int Units) UnitsOf(in Packet packet) => (packet.FragmentOffsetBytes / 8, (packet.TransportBytes + 7) / 8);
}
