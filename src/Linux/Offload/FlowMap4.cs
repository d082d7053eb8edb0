using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

internal sealed class FlowMap4(FileDescriptor descriptor) : FlowMap<NatKey4, NatFlow4>(descriptor)
{
    private const int AddressBytes = 8;
    private const int PortBytes = 4;

    protected override NatKey4 Key(byte protocol, in OffloadTuple tuple) => new()
    {
        saddr = BinaryPrimitives.ReverseEndianness((uint)tuple.Source),
        daddr = BinaryPrimitives.ReverseEndianness((uint)tuple.Destination),
        sport = BinaryPrimitives.ReverseEndianness(tuple.SourcePort),
        dport = BinaryPrimitives.ReverseEndianness(tuple.DestinationPort),
        protocol = protocol,
    };

    protected override NatFlow4 Value(in NatKey4 key, in OffloadTuple leaves, in NatCommon common)
    {
        NatKey4 after = Key(key.protocol, in leaves);
        ReadOnlySpan<byte> old = MemoryMarshal.AsBytes(new ReadOnlySpan<NatKey4>(in key));
        ReadOnlySpan<byte> renewed = MemoryMarshal.AsBytes(new ReadOnlySpan<NatKey4>(in after));
        NatFlow4 value = new() { common = common, saddr = after.saddr, daddr = after.daddr, sport = after.sport, dport = after.dport, check = common.check };
        value.common.address_delta = OneComplement.Delta(old[..AddressBytes], renewed[..AddressBytes]);
        value.common.port_delta = OneComplement.Delta(old.Slice(AddressBytes, PortBytes), renewed.Slice(AddressBytes, PortBytes));
        return value;
    }
}
