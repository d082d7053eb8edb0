using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[[service]] with its servers and its check.</summary>
internal static class ServiceReader
{
    private static readonly string[] Helpers = ["ftp"];

    public static ServiceConfig Read(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, ServiceTable.Table, issues);
        reader.ReportUnknownKeys();
        return new ServiceConfig(
            table.At,
            reader.Text(ServiceTable.Listen, ListenText.Parse),
            reader.Text(ServiceTable.Scheduler, WordText.OneOf("a scheduler", SchedulerNames.All), SchedulerNames.Default),
            reader.Text(ServiceTable.Helper, WordText.OneOf("a helper", Helpers)),
            SubTables.One(reader, ServiceTable.Check) is { } check ? ReadCheck(check, issues) : null,
            [.. SubTables.Many(reader, ServiceTable.Server).Select(t => ReadServer(t, issues))]);
    }

    private static ServerConfig ReadServer(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, ServerTable.Table, issues);
        reader.ReportUnknownKeys();
        return new ServerConfig(
            table.At,
            reader.Text(ServerTable.Address, Ipv4Text.EndPoint),
            reader.Whole(ServerTable.Weight, 0, ServerTable.MaximumWeight, ServerTable.DefaultWeight));
    }

    private static CheckConfig ReadCheck(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, CheckTable.Table, issues);
        reader.ReportUnknownKeys();
        return new CheckConfig(
            table.At,
            reader.Text(CheckTable.Type, WordText.OneOf("a check", CheckTable.Types)),
            reader.Text(CheckTable.Path, WordText.RequestPath),
            reader.Duration(CheckTable.Interval, CheckTable.DefaultInterval),
            reader.Duration(CheckTable.Timeout, CheckTable.DefaultTimeout));
    }
}
