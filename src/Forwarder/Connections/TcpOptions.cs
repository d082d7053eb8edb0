namespace HaLvs.Forwarder.Connections;

/// <summary>Options of a TCP header (RFC 9293 section 3.2); a list that lies ends where it lies.</summary>
internal static class TcpOptions
{
    public const byte End = 0;
    public const byte NoOperation = 1;
    public const byte MaximumSegmentSize = 2;
    public const byte WindowScale = 3;
    public const byte SackPermitted = 4;

    /// <param name="length">Length that the option must have, kind and length byte included.</param>
    /// <param name="content">The bytes behind kind and length.</param>
    public static bool TryFind(ReadOnlySpan<byte> options, byte kind, int length, out ReadOnlySpan<byte> content)
    {
        content = default;
        while (options.Length >= 2 && options[0] != End)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            int bytes = options[1];
            if (bytes < 2 || bytes > options.Length)
            {
                return false;
            }

            if (options[0] == kind && bytes == length)
            {
                content = options[2..bytes];
                return true;
            }

            options = options[bytes..];
        }

        return false;
    }
}
