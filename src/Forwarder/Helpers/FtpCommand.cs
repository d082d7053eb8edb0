using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

internal enum FtpVerb : byte
{
    /// <summary>Says nothing about data connections.</summary>
    Other = 0,

    /// <summary>PASV: the server is to answer 227.</summary>
    Passive,

    /// <summary>EPSV: the server is to answer 229.</summary>
    ExtendedPassive,

    /// <summary>PORT or EPRT: the client listens.</summary>
    Active,
}

/// <summary>
/// A client's command that prepares a data connection (RFC 959 section 4.1.2, RFC 2428), in the spellings that net/netfilter/ipvs/ip_vs_ftp.c takes:
/// any case; PASV and EPSV anywhere before the CR LF, PORT and EPRT at the beginning of the line.
/// </summary>
internal struct FtpCommand
{
    public const byte Comma = (byte)',';
    private const byte Space = (byte)' ';

    public FtpVerb Verb;

    /// <summary>Where the client listens; meaningful with <see cref="FtpVerb.Active"/>.</summary>
    public Ip Address;
    public ushort Port;

    /// <summary>Between the address and the port, a comma means PORT; and where in the line the address begins and the port ends.</summary>
    public byte Delimiter;
    public int AddressAt;
    public int PortEnd;

    /// <param name="line">A whole line, its end included.</param>
    public static FtpCommand Read(ReadOnlySpan<byte> line, bool v4)
    {
        FtpCommand command = default;
        if (v4 && EndsWith(line, "PASV\r\n"u8))
        {
            command.Verb = FtpVerb.Passive;
        }
        else if (AsksExtended(line, v4))
        {
            command.Verb = FtpVerb.ExtendedPassive;
        }
        else if ((v4 && command.ReadPort(line)) || command.ReadExtendedPort(line, v4))
        {
            command.Verb = FtpVerb.Active;
        }

        return command;
    }

    /// <summary>"EPSV" alone or with the number of the connection's own family; "EPSV ALL" asks for nothing.</summary>
    private static bool AsksExtended(ReadOnlySpan<byte> line, bool v4) =>
        EndsWith(line, "EPSV\r\n"u8) || EndsWith(line, v4 ? "EPSV 1\r\n"u8 : "EPSV 2\r\n"u8);

    private static bool EndsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> upper) =>
        line.Length >= upper.Length && System.Text.Ascii.EqualsIgnoreCase(line[^upper.Length..], upper);

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> upper) =>
        line.Length >= upper.Length && System.Text.Ascii.EqualsIgnoreCase(line[..upper.Length], upper);

    /// <summary>PORT h1,h2,h3,h4,p1,p2: the six numbers have the shape of a 227.</summary>
    private bool ReadPort(ReadOnlySpan<byte> line)
    {
        int at = StartsWith(line, "PORT"u8) ? line[4..].IndexOfAnyExcept(Space) : -1;
        if (at < 0)
        {
            return false;
        }

        FtpReply numbers = FtpReply.ReadNumbers(line[(4 + at)..]);
        (Address, Port) = (numbers.Address, numbers.Port);
        (Delimiter, AddressAt, PortEnd) = (Comma, 4 + at, 4 + at + numbers.EndAt);
        return numbers.Match == FtpMatch.Complete;
    }

    /// <summary>EPRT |1|132.235.1.2|6275| or |2|1080::8:800:200C:417A|5282|, and the family must be the connection's.</summary>
    private bool ReadExtendedPort(ReadOnlySpan<byte> line, bool v4)
    {
        int at = StartsWith(line, "EPRT "u8) ? line[5..].IndexOfAnyExcept(Space) : -1;
        if (at < 0)
        {
            return false;
        }

        FtpReply listener = FtpReply.ReadExtended(line[(5 + at)..], v4);
        (Address, Port) = (listener.Address, listener.Port);
        (Delimiter, AddressAt, PortEnd) = (listener.Delimiter, 5 + at + listener.NumbersAt, 5 + at + listener.EndAt - 1);
        return listener.Match == FtpMatch.Complete && listener.HasAddress;
    }
}
