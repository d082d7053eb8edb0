using System.Net;
using System.Net.Sockets;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>Addresses as inet_aton(3) and inet_pton(3) take them.</summary>
internal static class InetText
{
    private const string DottedOrHexadecimal = "0123456789abcdefABCDEF:.";

    /// <summary>One to four numbers, decimal, octal (0…) or hexadecimal (0x…); the last one fills the remaining bytes. Host order; null: no address.</summary>
    public static uint? Aton(string text)
    {
        string[] parts = text.TrimEnd(' ', '\t', '\n', '\v', '\f', '\r').Split('.');
        if (parts.Length > 4)
        {
            return null;
        }

        uint address = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            bool last = i == parts.Length - 1;
            int bits = last ? 32 - (8 * i) : 8;
            if (Number(parts[i]) is not { } number || (number >> bits) != 0)
            {
                return null;
            }

            address |= (uint)(number << (last ? 0 : 24 - (8 * i)));
        }

        return address;
    }

    /// <summary>An IPv6 address, without brackets or scope.</summary>
    public static Ip? Pton6(string text) =>
        text.Contains(':', StringComparison.Ordinal) && text.All(c => DottedOrHexadecimal.Contains(c, StringComparison.Ordinal))
        && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? Ip.From(address)
            : null;

    /// <summary>A dotted IPv4 address of four decimal numbers.</summary>
    public static uint? Pton4(string text) =>
        text.Split('.') is { Length: 4 } parts && parts.All(p => p.Length is 1 or 2 or 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'))
            ? Aton(text)
            : null;

    private static ulong? Number(string text)
    {
        int numberBase = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16 : text.StartsWith('0') && text.Length > 1 ? 8 : 10;
        string digits = numberBase == 16 ? text[2..] : text;
        if (digits.Length is 0 or > 16)
        {
            return null;
        }

        ulong value = 0;
        foreach (char digit in digits)
        {
            int weight = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : int.MaxValue;
            if (weight >= numberBase || value > uint.MaxValue)
            {
                return null;
            }

            value = (value * (ulong)numberBase) + (ulong)weight;
        }

        return value <= uint.MaxValue ? value : null;
    }
}
