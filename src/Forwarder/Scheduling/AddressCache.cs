using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// Numbers entries 1 to <see cref="Capacity"/> by address and keeps them in the order of their last use. All memory is taken once: whoever adds to
/// a full cache first removes the <see cref="Oldest"/>. What an entry stands for is kept by the owner, by number.
/// </summary>
internal sealed class AddressCache
{
    /// <summary>What the kernel's tables shrink to (IP_VS_LBLC_TAB_SIZE * 16).</summary>
    public const int Capacity = 16_384;

    private const int BucketBits = 14;
    private readonly int[] _buckets = new int[1 << BucketBits];
    private readonly Entry[] _entries = new Entry[Capacity + 1];
    private int _highWater;
    private int _free;

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Entry 0 closes the ring of all entries: the newest use is next to it, the oldest previous.</summary>
    public int Oldest => _entries[0].Previous;

    /// <summary>Entries in the order of numbers, free ones among them.</summary>
    public int HighWater => _highWater;

    public long LastUse(int entry) => _entries[entry].LastUse;

    /// <summary>The number of this address, or 0.</summary>
    public int Find(Ip address)
    {
        int entry = _buckets[BucketOf(address)];
        while (entry != 0 && _entries[entry].Address != address)
        {
            entry = _entries[entry].NextInBucket;
        }

        return entry;
    }

    public void Use(int entry, long now)
    {
        _entries[entry].LastUse = now;
        Unlink(entry);
        LinkAsNewest(entry);
    }

    /// <summary>Only for an address that is not there, and only while there is room.</summary>
    public int Add(Ip address, long now)
    {
        int entry = _free != 0 ? _free : ++_highWater;
        _free = _entries[entry].NextInBucket;
        ref int bucket = ref _buckets[BucketOf(address)];
        _entries[entry] = new Entry { Address = address, LastUse = now, NextInBucket = bucket };
        bucket = entry;
        LinkAsNewest(entry);
        Count++;
        return entry;
    }

    public void Remove(int entry)
    {
        ref int link = ref _buckets[BucketOf(_entries[entry].Address)];
        while (link != entry)
        {
            link = ref _entries[link].NextInBucket;
        }

        link = _entries[entry].NextInBucket;
        Unlink(entry);
        _entries[entry] = new Entry { NextInBucket = _free };
        _free = entry;
        Count--;
    }

    private static int BucketOf(Ip address) => KernelHash.Golden(KernelHash.Fold(address), BucketBits);

    private void LinkAsNewest(int entry)
    {
        int second = _entries[0].Next;
        (_entries[entry].Previous, _entries[entry].Next) = (0, second);
        (_entries[second].Previous, _entries[0].Next) = (entry, entry);
    }

    private void Unlink(int entry)
    {
        (int previous, int next) = (_entries[entry].Previous, _entries[entry].Next);
        _entries[previous].Next = next;
        _entries[next].Previous = previous;
    }

    private struct Entry
    {
        public Ip Address;
        public long LastUse;
        public int NextInBucket;
        public int Previous;
        public int Next;
    }
}
