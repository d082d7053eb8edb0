using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>Builds one netlink message in a caller's buffer: header, family header, attributes, each padded to 4 bytes. netlink(7).</summary>
internal ref struct NetlinkRequest
{
    private const int Alignment = 4;
    private readonly Span<byte> _buffer;
    private int _length;

    public NetlinkRequest(Span<byte> buffer, ushort type, int flags)
    {
        _buffer = buffer;
        _buffer.Clear();
        Type = type;
        Flags = (ushort)(flags | NetlinkAbi.NLM_F_REQUEST);
        _length = Unsafe.SizeOf<NlMsgHdr>();
    }

    public ushort Type { get; }

    public ushort Flags { get; }

    public void Header<T>(in T header) where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], header);
        _length += Align(Unsafe.SizeOf<T>());
    }

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> payload)
    {
        int total = Unsafe.SizeOf<NlAttr>() + payload.Length;
        MemoryMarshal.Write(_buffer[_length..], new NlAttr { nla_len = (ushort)total, nla_type = type });
        payload.CopyTo(_buffer[(_length + Unsafe.SizeOf<NlAttr>())..]);
        _length += Align(total);
    }

    public void Attribute(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public void Attribute(ushort type, byte value) => Attribute(type, [value]);

    public void Attribute(ushort type, IPAddress address) => Attribute(type, address.GetAddressBytes());

    /// <summary>A string with its final NUL, as interface names are passed.</summary>
    public void Attribute(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text + '\0'));

    public readonly ReadOnlySpan<byte> Finish(uint sequence)
    {
        NlMsgHdr header = new() { nlmsg_len = (uint)_length, nlmsg_type = Type, nlmsg_flags = Flags, nlmsg_seq = sequence };
        MemoryMarshal.Write(_buffer, header);
        return _buffer[.._length];
    }

    internal static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
