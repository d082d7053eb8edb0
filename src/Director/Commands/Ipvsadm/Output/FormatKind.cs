namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>Of several kinds of listing that were asked for, the one that is printed.</summary>
internal static class FormatKind
{
    private static readonly ListingFormat[] s_kinds =
        [ListingFormat.Stats, ListingFormat.Rate, ListingFormat.Thresholds, ListingFormat.PersistentConnections, ListingFormat.TunnelInfo];

    public static ListingFormat Of(ListingFormat format) => s_kinds.FirstOrDefault(k => format.HasFlag(k));
}
