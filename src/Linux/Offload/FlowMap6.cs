using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

internal sealed class FlowMap6(FileDescriptor descriptor) : FlowMap<NatKey6, NatFlow6>(descriptor)
{
    private const int AddressBytes = 32;
    private const int PortBytes = 4;

    protected override NatKey6 Key(byte protocol, in OffloadTuple tuple) => new()
    {
        saddr = Address(tuple.Source),
        daddr = Address(tuple.Destination),
        sport = BinaryPrimitives.ReverseEndianness(tuple.SourcePort),
        dport = BinaryPrimitives.ReverseEndianness(tuple.DestinationPort),
        protocol = protocol,
    };

    protected override NatFlow6 Value(in NatKey6 key, in OffloadTuple leaves, in NatCommon common)
    {
        NatKey6 after = Key(key.protocol, in leaves);
        ReadOnlySpan<byte> old = MemoryMarshal.AsBytes(new ReadOnlySpan<NatKey6>(in key));
        ReadOnlySpan<byte> renewed = MemoryMarshal.AsBytes(new ReadOnlySpan<NatKey6>(in after));
        NatFlow6 value = new() { common = common, saddr = after.saddr, daddr = after.daddr, sport = after.sport, dport = after.dport, check = common.check };
        value.common.address_delta = OneComplement.Delta(old[..AddressBytes], renewed[..AddressBytes]);
        value.common.port_delta = OneComplement.Delta(old.Slice(AddressBytes, PortBytes), renewed.Slice(AddressBytes, PortBytes));
        return value;
    }

    private static NatAddress6 Address(UInt128 address) => new()
    {
        _high = BinaryPrimitives.ReverseEndianness((ulong)(address >> 64)),
        _low = BinaryPrimitives.ReverseEndianness((ulong)address),
    };
}
