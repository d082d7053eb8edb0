using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Addresses as FTP writes them: "192,0,2,100" (RFC 959), "192.0.2.100" and "2001:db8::1" (RFC 2428). Bytes of ASCII, nothing allocated.</summary>
internal static class AddressText
{
    private const int Groups = 8;
    private const byte Colon = (byte)':';

    /// <summary>Writes an IPv4 address in decimal with this separator; returns the length, at most 15.</summary>
    public static int Write(Span<byte> text, Ip address, byte separator)
    {
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            (address.V4 >> shift & 255).TryFormat(text[length..], out int digits, default, System.Globalization.CultureInfo.InvariantCulture);
            length += digits;
            if (shift > 0)
            {
                text[length++] = separator;
            }
        }

        return length;
    }

    /// <summary>Writes an IPv6 address, the first of its longest runs of zeros short (RFC 5952); returns the length, at most 39.</summary>
    public static int WriteV6(Span<byte> text, Ip address)
    {
        (int gap, int run) = LongestGap(address);
        int length = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (i == gap)
            {
                text[length++] = Colon;
                text[length] = Colon;
                length += i + run == Groups ? 1 : 0;
                i += run - 1;
                continue;
            }

            if (i > 0)
            {
                text[length++] = Colon;
            }

            GroupOf(address, i).TryFormat(text[length..], out int digits, "x", System.Globalization.CultureInfo.InvariantCulture);
            length += digits;
        }

        return length;
    }

    /// <summary>Reads "a.b.c.d" or an IPv6 address (RFC 4291 section 2.2) that fills the whole text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, bool v4, out Ip address) => v4 ? TryReadV4(text, out address) : TryReadV6(text, out address);

    /// <summary>A decimal number without a sign, at most <paramref name="largest"/>; an empty text is none.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> text, int largest, out int number)
    {
        number = 0;
        foreach (byte c in text)
        {
            number = (number * 10) + c - '0';
            if (!char.IsAsciiDigit((char)c) || number > largest)
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static (int First, int Length) LongestGap(Ip address)
    {
        (int first, int length) = (-1, 1);
        for (int i = 0; i < Groups; i++)
        {
            int run = 0;
            while (i + run < Groups && GroupOf(address, i + run) == 0)
            {
                run++;
            }

            (first, length) = run > length ? (i, run) : (first, length);
        }

        return (first, length);
    }

    private static uint GroupOf(Ip address, int index) => (uint)((index < 4 ? address.High : address.Low) >> (48 - ((index & 3) * 16))) & 0xffff;

    private static bool TryReadV4(ReadOnlySpan<byte> text, out Ip address)
    {
        uint value = 0;
        int octets = 0;
        address = default;
        foreach (Range part in text.Split((byte)'.'))
        {
            if (++octets > 4 || !TryReadNumber(text[part], byte.MaxValue, out int octet))
            {
                return false;
            }

            value = (value << 8) | (uint)octet;
        }

        address = Ip.FromV4(value);
        return octets == 4;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> text, out Ip address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[Groups];
        groups.Clear();
        int gap = text.IndexOf("::"u8);
        ReadOnlySpan<byte> head = gap < 0 ? text : text[..gap];
        ReadOnlySpan<byte> tail = gap < 0 ? [] : text[(gap + 2)..];
        if (!TryReadGroups(head, groups, out int before) || (gap < 0 && before != Groups))
        {
            return false;
        }

        Span<ushort> last = stackalloc ushort[Groups];
        if (!TryReadGroups(tail, last, out int after) || (gap >= 0 && before + after >= Groups))
        {
            return false;
        }

        last[..after].CopyTo(groups[(Groups - after)..]);
        ulong high = 0;
        ulong low = 0;
        for (int i = 0; i < 4; i++)
        {
            high = (high << 16) | groups[i];
            low = (low << 16) | groups[i + 4];
        }

        address = new Ip(high, low);
        return true;
    }

    private static bool TryReadGroups(ReadOnlySpan<byte> text, Span<ushort> groups, out int count)
    {
        count = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (Range part in text.Split((byte)':'))
        {
            if (count == Groups || !TryReadGroup(text[part], out groups[count]))
            {
                return false;
            }

            count++;
        }

        return true;
    }

    private static bool TryReadGroup(ReadOnlySpan<byte> text, out ushort group)
    {
        uint value = 0;
        foreach (byte c in text)
        {
            if (!char.IsAsciiHexDigit((char)c))
            {
                group = 0;
                return false;
            }

            value = (value << 4) | (uint)(char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        group = (ushort)value;
        return text.Length is > 0 and <= 4;
    }
}
