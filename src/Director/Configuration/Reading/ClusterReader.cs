using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[cluster].</summary>
internal static class ClusterReader
{
    public static ClusterConfig Read(TomlTable? table, IssueList issues)
    {
        if (table is null)
        {
            return new ClusterConfig(null, null, null, null, null);
        }

        var reader = new TableReader(table, ClusterTable.Table, issues);
        reader.ReportUnknownKeys();
        return new ClusterConfig(
            reader.Text(ClusterTable.Name, WordText.Name),
            reader.Text(ClusterTable.KeyFile, PathText.Absolute),
            reader.Text(ClusterTable.CertificateDirectory, PathText.Absolute),
            reader.Text(ClusterTable.Prefer, WordText.Name),
            reader.Flag(ClusterTable.AutoFailback, false));
    }
}
