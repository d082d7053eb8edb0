using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>The whole file, table by table.</summary>
internal static class FileReader
{
    public static DirectorConfig Read(TomlTable root, IssueList issues)
    {
        var reader = new TableReader(root, FileKeys.Table, issues);
        reader.ReportUnknownKeys();
        foreach (KnownKey key in FileKeys.Table.Keys.Where(k => k.Required && !reader.Has(k)))
        {
            SubTables.ReportMissing(issues, key);
        }

        return new DirectorConfig(
            ClusterReader.Read(SubTables.One(reader, FileKeys.Cluster), issues),
            NetworkReader.Read(SubTables.One(reader, FileKeys.Network), issues),
            HeartbeatReader.Read(SubTables.One(reader, FileKeys.Heartbeat), issues),
            [.. SubTables.Many(reader, FileKeys.Node).Select(t => NodeReader.Read(t, issues))],
            [.. SubTables.Many(reader, FileKeys.Service).Select(t => ServiceReader.Read(t, issues))])
        {
            Marks = [.. SubTables.Many(reader, FileKeys.Mark).Select(t => MarkReader.Read(t, issues))],
            Guard = GuardReader.Read(SubTables.One(reader, FileKeys.Guard), issues),
            Ipvs = IpvsReader.Read(SubTables.One(reader, FileKeys.Ipvs), issues),
        };
    }
}
