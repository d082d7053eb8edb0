namespace HaLvs.Director.Configuration.Keys;

/// <summary>Every table of the configuration file, in the order of the operator's guide.</summary>
internal static class KnownTables
{
    public static IReadOnlyList<KeyTable> All { get; } =
        [FileKeys.Table, ClusterTable.Table, NetworkTable.Table, HeartbeatTable.Table, NodeTable.Table, FenceTable.Table,
         ServiceTable.Table, PersistenceTable.Table, CheckTable.Table, ServerTable.Table, MarkTable.Table, IpvsTable.Table, GuardTable.Table];

    /// <summary>Where else a name is known: "[heartbeat]"; null when nowhere.</summary>
    public static string? OtherHome(string name, string path) =>
        All.FirstOrDefault(t => t.Path != path && t.Path.Length > 0 && t.Names.Contains(name))?.Header;
}
