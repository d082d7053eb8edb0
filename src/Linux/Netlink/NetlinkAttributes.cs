using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>Walks the attributes behind a family header. A length that does not fit ends the walk: nothing is read outside the message.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>The attributes of a message body whose family header is T.</summary>
    public static NetlinkAttributes After<T>(ReadOnlySpan<byte> body, out T header) where T : unmanaged
    {
        header = MemoryMarshal.Read<T>(body);
        return new NetlinkAttributes(body[Math.Min(NetlinkRequest.Align(Unsafe.SizeOf<T>()), body.Length)..]);
    }

    public bool Next()
    {
        int headerSize = Unsafe.SizeOf<NlAttr>();
        if (_rest.Length < headerSize)
            return false;
        NlAttr attribute = MemoryMarshal.Read<NlAttr>(_rest);
        if (attribute.nla_len < headerSize || attribute.nla_len > _rest.Length)
            return false;
        Type = (ushort)(attribute.nla_type & NetlinkAbi.NLA_TYPE_MASK);
        Payload = _rest[headerSize..attribute.nla_len];
        _rest = _rest[Math.Min(NetlinkRequest.Align(attribute.nla_len), _rest.Length)..];
        return true;
    }

    public readonly uint UInt32 => Payload.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(Payload) : 0;

    public readonly byte Byte => Payload.IsEmpty ? (byte)0 : Payload[0];

    public readonly string Text => Encoding.UTF8.GetString(Payload.TrimEnd((byte)0));

    /// <summary>Null when the payload is neither an IPv4 nor an IPv6 address.</summary>
    public readonly IPAddress? Address => Payload.Length is 4 or 16 ? new IPAddress(Payload) : null;
}
