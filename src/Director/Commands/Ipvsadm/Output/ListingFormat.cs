namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>How a table is to be printed; where several kinds are asked for, the first of them in this order wins.</summary>
[Flags]
internal enum ListingFormat
{
    None = 0,
    Stats = 1,
    Rate = 2,
    Thresholds = 4,
    PersistentConnections = 8,
    TunnelInfo = 16,

    /// <summary>Commands that make the table anew (--save).</summary>
    Rules = 32,
    Numeric = 64,
    Exact = 128,
    NoSort = 256,
}
