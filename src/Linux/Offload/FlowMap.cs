using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>The flows of one family, two entries each. Changes go in chunks: one system call a direction and chunk.</summary>
internal abstract class FlowMap<TKey, TValue>(FileDescriptor descriptor) : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    public const int Chunk = 64;
    private readonly TKey[] _keys = new TKey[Chunk];
    private readonly TValue[] _values = new TValue[Chunk];

    public BpfMap<TKey, TValue> Entries { get; } = new(descriptor);

    /// <summary>
    /// Up to <see cref="Chunk"/> flows: the way back first, so that no answer of an offloaded packet goes another way than its order demands. What does not
    /// get both entries keeps none.
    /// </summary>
    public void Insert(ReadOnlySpan<OffloadFlow> flows, Span<OffloadOutcome> outcomes)
    {
        int back = Update(flows, fromInside: true, out int errno);
        int forth = Update(flows[..back], fromInside: false, out int later);
        if (forth < flows.Length)
            Remove(flows[forth..]);
        outcomes[..forth].Clear(); // Inserted
        outcomes[forth..].Fill((forth < back ? later : errno) is Errno.E2BIG or Errno.ENOMEM ? OffloadOutcome.Full : OffloadOutcome.Refused);
    }

    /// <summary>The way forth first. Returns how many flows were there.</summary>
    public int Remove(ReadOnlySpan<OffloadFlow> flows)
    {
        int removed = Entries.Delete(Keys(flows, fromInside: false));
        Entries.Delete(Keys(flows, fromInside: true));
        return removed;
    }

    /// <summary>Which of the two entries are there.</summary>
    internal (bool Forth, bool Back) Has(in OffloadFlow flow)
    {
        TValue[] value = new TValue[1];
        return (Entries.TryRead(Key(flow.Protocol, flow.FromOutside), value), Entries.TryRead(Key(flow.Protocol, flow.ToInside.Turned), value));
    }

    public void Dispose() => Entries.Dispose();

    protected abstract TKey Key(byte protocol, in OffloadTuple tuple);

    protected abstract TValue Value(in TKey key, in OffloadTuple leaves, in NatCommon common);

    /// <summary>As the program computes it: see digest() in nat.bpf.c.</summary>
    private static uint Digest(in TKey key)
    {
        ulong digest = 0;
        foreach (ulong word in MemoryMarshal.Cast<TKey, ulong>(new ReadOnlySpan<TKey>(in key)))
        {
            digest = (digest ^ word) * 0x9e37_79b9_7f4a_7c15;
            digest ^= digest >> 32;
        }

        return (uint)digest;
    }

    private int Update(ReadOnlySpan<OffloadFlow> flows, bool fromInside, out int errno)
    {
        ReadOnlySpan<TKey> keys = Keys(flows, fromInside);
        for (int i = 0; i < flows.Length; i++)
            _values[i] = ValueOf(in flows[i], in keys[i], fromInside);
        return Entries.Update(keys, _values.AsSpan(0, flows.Length), out errno);
    }

    private ReadOnlySpan<TKey> Keys(ReadOnlySpan<OffloadFlow> flows, bool fromInside)
    {
        for (int i = 0; i < flows.Length; i++)
            _keys[i] = Key(flows[i].Protocol, fromInside ? flows[i].ToInside.Turned : flows[i].FromOutside);
        return _keys.AsSpan(0, flows.Length);
    }

    private TValue ValueOf(in OffloadFlow flow, in TKey key, bool fromInside)
    {
        NatCommon common = new()
        {
            next_hop = fromInside ? flow.OutsideHop : flow.InsideHop,
            sides = (byte)(fromInside ? OffloadSides.Inside : OffloadSides.Both),
            slot = (flow.Slot << 1) | (fromInside ? 1u : 0u),
            check = Digest(in key),
        };
        return Value(in key, fromInside ? flow.FromOutside.Turned : flow.ToInside, in common);
    }
}
