using System.Buffers;
using System.Text;

namespace HaLvs.Forwarder.Calls;

/// <summary>
/// Finds the Call-ID header field of a SIP message (RFC 3261 sections 7.3 and 20.8): by its name in any case or by its compact form, with blanks around the
/// colon, folded or not, lines ended by CRLF, CR or LF (RFC 2543). The body behind the empty line is not looked at.
/// </summary>
internal static class CallIdHeader
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    /// <summary>RFC 3261 section 25.1: callid = word [ "@" word ].</summary>
    private static readonly SearchValues<byte> Word =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~()<>:\\\"/[]?{}"u8);

    /// <summary>The first Call-ID that is one; empty: there is none, it is longer than <see cref="CallTable.LongestId"/>, or its line does not end in here.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message)
    {
        int start = message.IndexOfAnyExcept(Cr, Lf);
        ReadOnlySpan<byte> rest = start < 0 ? default : NextLine(message[start..]);
        while (!rest.IsEmpty && rest[0] is not (Cr or Lf))
        {
            if (TryValue(rest, out ReadOnlySpan<byte> value) && LengthOf(value) is > 0 and int length)
            {
                return length <= CallTable.LongestId && EndsLine(value[length..]) ? value[..length] : default;
            }

            rest = NextLine(rest);
        }

        return default;
    }

    private static ReadOnlySpan<byte> NextLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny(Cr, Lf);
        return end < 0 ? default : text[(end + LineEnd(text[end..]))..];
    }

    /// <summary>Bytes of the line end that stands here; 0: none does.</summary>
    private static int LineEnd(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text[0] is not (Cr or Lf) ? 0 : text.StartsWith("\r\n"u8) ? 2 : 1;

    /// <summary>What follows the colon of a Call-ID line, blanks and one fold skipped.</summary>
    private static bool TryValue(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        value = default;
        int name = Ascii.EqualsIgnoreCase(line[..Math.Min(7, line.Length)], "call-id"u8) ? 7 : (line[0] | 0x20) == 'i' ? 1 : 0;
        ReadOnlySpan<byte> colon = line[name..].TrimStart(" \t"u8);
        if (name == 0 || colon.IsEmpty || colon[0] != ':')
        {
            return false;
        }

        value = colon[1..].TrimStart(" \t"u8);
        ReadOnlySpan<byte> folded = value[LineEnd(value)..];
        value = folded.Length < value.Length && !folded.IsEmpty && folded[0] is (byte)' ' or (byte)'\t' ? folded.TrimStart(" \t"u8) : value;
        return true;
    }

    /// <summary>0: no Call-ID.</summary>
    private static int LengthOf(ReadOnlySpan<byte> value)
    {
        int word = WordLength(value);
        if (word == 0 || word == value.Length || value[word] != '@')
        {
            return word;
        }

        int host = WordLength(value[(word + 1)..]);
        return host == 0 ? 0 : word + 1 + host;
    }

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(Word);
        return end < 0 ? text.Length : end;
    }

    private static bool EndsLine(ReadOnlySpan<byte> text) => LineEnd(text.TrimStart(" \t"u8)) > 0;
}
