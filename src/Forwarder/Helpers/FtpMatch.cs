namespace HaLvs.Forwarder.Helpers;

/// <summary>What the beginning of a line turned out to be.</summary>
internal enum FtpMatch : byte
{
    /// <summary>Not what was looked for, whatever follows.</summary>
    None = 0,

    /// <summary>Nothing speaks against it yet.</summary>
    Partial,

    Complete,
}
