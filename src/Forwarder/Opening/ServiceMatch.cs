namespace HaLvs.Forwarder.Opening;

/// <summary>How a service was found for a new flow.</summary>
internal enum ServiceMatch : byte
{
    None = 0,

    /// <summary>By the mark that a rule gave.</summary>
    Mark,

    /// <summary>By protocol, address and port.</summary>
    Exact,

    /// <summary>The FTP service of the address, for a port from which FTP data connections may come or to which they may go.</summary>
    FtpData,

    /// <summary>The service of every port of the address.</summary>
    AnyPort,
}
