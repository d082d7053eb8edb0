namespace HaLvs.Forwarder.Packets;

/// <summary>
/// IPv4 options (RFC 791 section 3.1) travel on as they came, but for source routes, which the kernel refuses as well (accept_source_route 0,
/// RFC 7126 section 4.3), and lists that lie about their lengths.
/// </summary>
internal static class Ipv4Options
{
    private const byte End = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    public static DropReason Check(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != End)
        {
            if (options[0] is LooseSourceRoute or StrictSourceRoute)
            {
                return DropReason.SourceRoute;
            }

            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length == 0 || length > options.Length || (length == 1 && options[0] != NoOperation))
            {
                return DropReason.BadOptions;
            }

            options = options[length..];
        }

        return DropReason.None;
    }
}
