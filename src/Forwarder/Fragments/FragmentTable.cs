using System.Numerics;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Fragments;

/// <summary>The datagrams of one family that are under way, by key and by age; when all places are taken the oldest goes.</summary>
internal sealed class FragmentTable
{
    private readonly FragmentEntry[] _entries;
    private readonly int[] _heads;
    private readonly FlowHash _hash;
    private int _free;
    private int _oldest;
    private int _youngest;

    public FragmentTable(int entries, FlowHash hash)
    {
        _entries = new FragmentEntry[entries + 1];
        _heads = new int[BitOperations.RoundUpToPowerOf2((uint)entries)];
        _hash = hash;
        for (int entry = entries; entry > 0; entry--)
        {
            _entries[entry].ChainNext = _free;
            _free = entry;
        }
    }

    public int Count { get; private set; }

    public bool IsFull => _free == 0;

    /// <summary>The entry that was made first; 0: there is none.</summary>
    public int Oldest => _oldest;

    public ref FragmentEntry this[int entry] => ref _entries[entry];

    public int Find(in FragmentKey key)
    {
        int entry = Head(in key);
        while (entry != 0 && _entries[entry].Key != key)
        {
            entry = _entries[entry].ChainNext;
        }

        return entry;
    }

    /// <summary>A fresh entry; the caller has seen that the table is not full.</summary>
    public int Add(in FragmentKey key, long now)
    {
        int entry = _free;
        _free = _entries[entry].ChainNext;
        ref int head = ref Head(in key);
        _entries[entry] = new FragmentEntry { Key = key, BornAt = now, LastAt = now, ChainNext = head, OlderPrevious = _youngest };
        head = entry;
        (_youngest == 0 ? ref _oldest : ref _entries[_youngest].YoungerNext) = entry;
        _youngest = entry;
        Count++;
        return entry;
    }

    public void Remove(int entry)
    {
        ref FragmentEntry gone = ref _entries[entry];
        ref int link = ref Head(in gone.Key);
        while (link != entry)
        {
            link = ref _entries[link].ChainNext;
        }

        link = gone.ChainNext;
        (gone.OlderPrevious == 0 ? ref _oldest : ref _entries[gone.OlderPrevious].YoungerNext) = gone.YoungerNext;
        (gone.YoungerNext == 0 ? ref _youngest : ref _entries[gone.YoungerNext].OlderPrevious) = gone.OlderPrevious;
        gone = new FragmentEntry { ChainNext = _free };
        _free = entry;
        Count--;
    }

    private ref int Head(in FragmentKey key) => ref _heads[_hash.Of(key.ToTuple()) & (uint)(_heads.Length - 1)];
}
