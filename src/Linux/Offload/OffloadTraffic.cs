using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>
/// What the program counted for the flow of one slot since it was inserted; shared memory, written by the kernel while it is read. Super-packets count
/// once, bytes are those of IP packets, as in the forwarding core. The packet counts wrap after four billion.
/// </summary>
[KernelStruct("struct nat_counters")]
public readonly struct OffloadTraffic
{
    private const int SeenShift = 20;
    private readonly NatDirection _fromOutside;
    private readonly NatDirection _fromInside;

    internal OffloadTraffic(in NatDirection fromOutside, in NatDirection fromInside)
    {
        _fromOutside = fromOutside;
        _fromInside = fromInside;
    }

    public ulong BytesFromOutside => _fromOutside.bytes;

    public ulong BytesFromInside => _fromInside.bytes;

    public uint PacketsFromOutside => _fromOutside.packets;

    public uint PacketsFromInside => _fromInside.packets;

    /// <summary>
    /// Time since the last packet of either direction, to a millisecond; null when there was none. <paramref name="now"/> is
    /// <see cref="MonotonicClock.Now"/>; right for 49 days of silence.
    /// </summary>
    public TimeSpan? SilentFor(TimeSpan now)
    {
        if (_fromOutside.seen == 0 && _fromInside.seen == 0)
            return null;
        uint current = (uint)((now.Ticks * TimeSpan.NanosecondsPerTick) >> SeenShift);
        uint outside = _fromOutside.seen == 0 ? uint.MaxValue : Age(current, _fromOutside.seen);
        uint inside = _fromInside.seen == 0 ? uint.MaxValue : Age(current, _fromInside.seen);
        return TimeSpan.FromTicks(((long)Math.Min(outside, inside) << SeenShift) / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>The kernel may have stamped a packet after "now" was read.</summary>
    private static uint Age(uint current, uint seen) => (int)(current - seen) is < 0 and > -1000 ? 0 : current - seen;
}
