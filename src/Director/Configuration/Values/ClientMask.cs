using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Which bits of a client's address count for persistence: a prefix length; a written mask is IPv4's.</summary>
internal sealed record ClientMask(int PrefixLength, bool IsV4Mask)
{
    /// <summary>"255.255.255.0", "24" or "/24"; of IPv4 also "0.0.0.0" or "0": all clients as one.</summary>
    public static Parsed<ClientMask> Parse(string text)
    {
        if (Ipv4Text.Bytes(text) is { } bytes)
        {
            uint mask = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            int length = BitOperations.PopCount(mask);
            return mask == OfLength(length)
                ? new ClientMask(length, true)
                : Parsed.Bad<ClientMask>($"{text} is not a mask of leading ones; write one like 255.255.255.0");
        }

        return int.TryParse(text.TrimStart('/'), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) && prefix is >= 0 and <= 128
            ? new ClientMask(prefix, false)
            : Parsed.Bad<ClientMask>($"\"{text}\" is not a mask; write one like \"255.255.255.0\", or a prefix length like \"64\"");
    }

    /// <summary>As the core wants it: IPv4 the mask in host order, IPv6 the prefix length.</summary>
    public uint ToCore(bool v6) => v6 ? (uint)PrefixLength : OfLength(PrefixLength);

    private static uint OfLength(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);
}
