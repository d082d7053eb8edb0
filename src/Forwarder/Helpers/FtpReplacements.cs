using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// Which bytes of a reply are replaced, and by what. Of a 227 the address by the virtual one; of a 229 whatever stands before the port by three bars, so
/// that the client takes the address that it already talks to. The port stays: the data connection has the same one on both sides.
/// </summary>
internal static class FtpReplacements
{
    private const byte Comma = (byte)',';
    private const byte Dot = (byte)'.';
    private const byte Bar = (byte)'|';
    private const int LongestText = 64;

    /// <param name="reply">As far as it has been read.</param>
    /// <param name="known">Sequence number up to which the stream has already left.</param>
    public static bool TryMake(ref FtpDialogue dialogue, in Flow flow, in FtpReply reply, bool extended, uint known, out Replacement made)
    {
        made = default;
        Span<byte> text = stackalloc byte[LongestText];
        int from = reply.AddressAt;
        int bytes = extended ? BarsFor(ref dialogue, in flow, in reply, ref from, text, out int length) : Named(ref dialogue, in flow, in reply, text, out length);
        uint start = dialogue.Server.LineStart + (uint)from;
        bool fresh = flow.ServerShift.From == 0 || !SequenceShift.IsBefore(start, flow.ServerShift.From);
        if (bytes == 0 || !fresh || (dialogue.Begun && dialogue.BegunAt == start) || !Continues(in dialogue, from, known - start, text[..length]))
        {
            return false;
        }

        (dialogue.Begun, dialogue.BegunAt) = (true, start);
        made = Replacement.Of(start, bytes, text[..length], flow.ServerShift.After);
        return true;
    }

    /// <summary>
    /// After a takeover, or when the dialogue was forgotten: the newest replacement from what the flow keeps. Its old text ended where the shift begins,
    /// and the lengths differ by what the shift says.
    /// </summary>
    public static void Restore(ref FtpDialogue dialogue, in Flow flow)
    {
        dialogue.Shift = flow.ServerShift;
        if (dialogue.Count > 0 && dialogue[0].Shift != flow.ServerShift)
        {
            dialogue.ForgetReplacements(); // Another node has changed it since.
        }

        if (dialogue.Count > 0 || flow.ServerShift.From == 0)
        {
            return;
        }

        Span<byte> text = stackalloc byte[LongestText];
        int length = (flow.Traits & ConnectionTraits.BarsShift) != 0 ? Bars(text, Bar) : AddressText.Write(text, flow.Virtual, Comma);
        int bytes = length - (flow.ServerShift.After - flow.ServerShift.Before);
        if (bytes is > 0 and <= LongestText)
        {
            dialogue.Add(Replacement.Of(flow.ServerShift.From - (uint)bytes, bytes, text[..length], flow.ServerShift.Before));
        }
    }

    /// <summary>Old bytes of a 227, 0 for nothing to replace (yet).</summary>
    private static int Named(ref FtpDialogue dialogue, in Flow flow, in FtpReply reply, Span<byte> text, out int length)
    {
        length = AddressText.Write(text, flow.Virtual, Comma);
        if (reply.AddressAt < 0 || (reply.HasAddress && reply.Address == flow.Virtual))
        {
            return 0;
        }

        ReadOnlySpan<byte> seen = dialogue.Server.Text[reply.AddressAt..];
        if (reply.AddressEnd >= 0)
        {
            int bytes = reply.AddressEnd - reply.AddressAt;
            return seen[..bytes].SequenceEqual(text[..length]) ? 0 : bytes;
        }

        // Cut within the address. As long as both addresses begin alike nothing shows; then the server's own is replaced whole, seen or not.
        Span<byte> own = stackalloc byte[LongestText];
        int ownLength = AddressText.Write(own, flow.Server, Comma);
        return !text[..length].StartsWith(seen) && own[..ownLength].StartsWith(seen) ? ownLength : 0;
    }

    /// <summary>Old bytes of a 229, 0 for nothing to replace (yet).</summary>
    private static int BarsFor(ref FtpDialogue dialogue, in Flow flow, in FtpReply reply, ref int from, Span<byte> text, out int length)
    {
        length = Bars(text, reply.AddressAt < 0 ? Bar : reply.Delimiter);
        if (reply.Match == FtpMatch.Complete && reply.Delimiter != Bar && !dialogue.Begun)
        {
            from = reply.StartAt;
            return Normal(reply.Port, text, ref length, reply.EndAt - from);
        }

        if (reply.AddressAt < 0)
        {
            return 0;
        }

        if (reply.AddressEnd >= 0)
        {
            return reply.AddressEnd - from;
        }

        Span<byte> own = stackalloc byte[LongestText];
        int ownLength = OwnName(own, in flow, reply.Delimiter);
        ReadOnlySpan<byte> seen = dialogue.Server.Text[from..];
        return seen.Length > 1 && own[..ownLength].StartsWith(seen) ? ownLength : 0;
    }

    /// <summary>Delimiters other than bars become bars, as the kernel writes them.</summary>
    private static int Normal(ushort port, Span<byte> text, ref int length, int bytes)
    {
        length = Bars(text, Bar);
        port.TryFormat(text[length..], out int digits, default, System.Globalization.CultureInfo.InvariantCulture);
        length += digits;
        text[length++] = Bar;
        return bytes;
    }

    private static int Bars(Span<byte> text, byte delimiter)
    {
        text[..3].Fill(delimiter);
        return 3;
    }

    /// <summary>"|1|10.0.0.2|": how the server names itself when it does. An IPv6 address has many spellings, so it is not guessed.</summary>
    private static int OwnName(Span<byte> text, in Flow flow, byte delimiter)
    {
        if (!flow.Server.IsV4)
        {
            return 0;
        }

        (text[0], text[1], text[2]) = (delimiter, (byte)'1', delimiter);
        int length = 3 + AddressText.Write(text[3..], flow.Server, Dot);
        text[length] = delimiter;
        return length + 1;
    }

    /// <summary>What of the old text has left unchanged must be how the new one begins.</summary>
    private static bool Continues(ref readonly FtpDialogue dialogue, int from, uint left, ReadOnlySpan<byte> text)
    {
        int gone = Math.Max((int)left, 0);
        ReadOnlySpan<byte> sent = dialogue.Server.Text[from..];
        return gone < text.Length && gone <= sent.Length && sent[..gone].SequenceEqual(text[..gone]);
    }
}
