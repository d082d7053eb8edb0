using System.Buffers.Binary;
using System.Net;

namespace HaLvs.Forwarder.Packets;

/// <summary>An IPv4 or IPv6 address as 128 bits without references; IPv4 stands as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).</summary>
/// <param name="High">Bits 0 to 63 in host order.</param>
/// <param name="Low">Bits 64 to 127 in host order.</param>
public readonly record struct Ip(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000;

    public bool IsV4 => High == 0 && (Low & 0xffff_ffff_0000_0000) == MappedPrefix;

    /// <summary>The IPv4 address in host order; meaningful only when <see cref="IsV4"/>.</summary>
    public uint V4 => (uint)Low;

    public static Ip FromV4(uint hostOrder) => new(0, MappedPrefix | hostOrder);

    /// <summary>Converts; an IPv4 address becomes its mapped form.</summary>
    public static Ip From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new Ip(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public static Ip Parse(string text) => From(IPAddress.Parse(text));

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return IsV4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    public override string ToString() => ToIPAddress().ToString();

    /// <summary>"a.b.c.d:port" or "[v6]:port".</summary>
    public string WithPort(ushort port) => IsV4 ? $"{this}:{port}" : $"[{this}]:{port}";
}
