using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

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
        if (!IsLost(ref dialogue.Replies, flow.ServerShift))
        {
            return;
        }

        Span<byte> text = stackalloc byte[LongestText];
        int length = (flow.Traits & ConnectionTraits.BarsShift) != 0 ? Bars(text, Bar) : AddressText.Write(text, flow.Virtual, Comma);
        int bytes = length - (flow.ServerShift.After - flow.ServerShift.Before);
        if (bytes is > 0 and <= LongestText)
        {
            dialogue.Replies.Add(Replacement.Of(flow.ServerShift.From - (uint)bytes, bytes, text[..length], flow.ServerShift.Before));
        }
    }

    /// <summary>True when the newest replacement of a moved stream is not remembered.</summary>
    private static bool IsLost(ref ReplacedStream stream, SequenceShift shift)
    {
        stream.Shift = shift;
        if (stream.Count > 0 && stream[0].Shift != shift)
        {
            stream.Forget(); // Another node has changed it since.
        }

        return stream.Count == 0 && shift.From != 0;
    }

    /// <summary>
    /// The address and the port of a hairpin client's PORT or EPRT, of which nothing has left yet, become the gateway's: the server sees the client under
    /// these (RFC 2577 section 3 has it refuse all others).
    /// </summary>
    /// <param name="line">Where the command's line begins in the client's stream.</param>
    public static Replacement OfCommand(uint line, in FtpCommand command, in Flow flow, ushort gatewayPort)
    {
        Span<byte> text = stackalloc byte[LongestText];
        int length = Listener(text, flow.Gateway, gatewayPort, command.Delimiter);
        return Replacement.Of(line + (uint)command.AddressAt, command.PortEnd - command.AddressAt, text[..length], flow.ClientShift.After);
    }

    /// <summary>After a takeover: the newest command from the connection that it announced. Begun meanwhile, the server has read it.</summary>
    public static void RestoreCommand(ref ReplacedStream commands, in Flow flow, ushort gatewayPort)
    {
        if (!IsLost(ref commands, flow.ClientShift) || gatewayPort == 0)
        {
            return;
        }

        Span<byte> text = stackalloc byte[LongestText];
        int length = Listener(text, flow.Gateway, gatewayPort, (flow.Traits & ConnectionTraits.ExtendedCommand) != 0 ? Bar : Comma);
        int bytes = length - (flow.ClientShift.After - flow.ClientShift.Before);
        if (bytes is > 0 and <= LongestText)
        {
            commands.Add(Replacement.Of(flow.ClientShift.From - (uint)bytes, bytes, text[..length], flow.ClientShift.Before));
        }
    }

    /// <summary>"10,0,0,1,200,10", "10.0.0.1|51210", "fd00::1|51210".</summary>
    private static int Listener(Span<byte> text, Ip address, ushort port, byte delimiter)
    {
        bool extended = delimiter != Comma;
        int length = address.IsV4 ? AddressText.Write(text, address, extended ? Dot : Comma) : AddressText.WriteV6(text, address);
        text[length++] = delimiter;
        if (!extended)
        {
            length += WriteNumber(text[length..], port >> 8);
            text[length++] = Comma;
        }

        return length + WriteNumber(text[length..], extended ? port : port & 255);
    }

    private static int WriteNumber(Span<byte> text, int number)
    {
        number.TryFormat(text, out int digits, default, System.Globalization.CultureInfo.InvariantCulture);
        return digits;
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
