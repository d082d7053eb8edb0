using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>
/// The next hops in shared memory. Each of an entry's four words is written at once and bears the number of the change: a packet that reads two
/// numbers goes the user path. One owner writes.
/// </summary>
internal sealed unsafe class NextHops(FileDescriptor map) : IDisposable
{
    private readonly MappedArray<NatNextHop> _entries = new(map, OffloadAbi.NAT_NEXT_HOPS);

    public void Set(int index, in OffloadNextHop hop, bool takesXdp)
    {
        NatNextHop entry = new() { ifindex = (uint)hop.InterfaceIndex, flags = takesXdp ? OffloadAbi.NAT_HOP_XDP : (ushort)0, mtu = (uint)hop.MtuBytes };
        hop.Destination.Write(new Span<byte>(entry.destination, 6));
        hop.Source.Write(new Span<byte>(entry.source, 6));
        Publish(index, entry);
    }

    public void Clear(int index) => Publish(index, default);

    /// <summary>The interface has begun, or ceased, to take frames from XDP.</summary>
    public void SetXdp(int interfaceIndex, bool takesXdp)
    {
        for (int index = 0; index < OffloadAbi.NAT_NEXT_HOPS; index++)
        {
            NatNextHop entry = _entries.Values[index];
            if (entry.ifindex != interfaceIndex)
                continue;
            entry.flags = takesXdp ? OffloadAbi.NAT_HOP_XDP : (ushort)0;
            Publish(index, entry);
        }
    }

    public void Dispose()
    {
        _entries.Dispose();
        map.Dispose();
    }

    private void Publish(int index, NatNextHop entry)
    {
        ref NatNextHop place = ref _entries.Values[index];
        ushort stamp = (ushort)(place.stamp + 1);
        entry.stamp = entry.destination_stamp = entry.source_stamp = entry.mtu_stamp = stamp;
        Span<ulong> words = MemoryMarshal.Cast<NatNextHop, ulong>(new Span<NatNextHop>(ref place));
        ReadOnlySpan<ulong> renewed = MemoryMarshal.Cast<NatNextHop, ulong>(new ReadOnlySpan<NatNextHop>(in entry));
        for (int i = 0; i < words.Length; i++)
            Volatile.Write(ref words[i], renewed[i]);
    }
}
