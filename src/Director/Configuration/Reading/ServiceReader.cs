using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[[service]] with its servers, its persistence and its check.</summary>
internal static class ServiceReader
{
    public static ServiceConfig Read(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, ServiceTable.Table, issues);
        reader.ReportUnknownKeys();
        bool everyPort = reader.Has(ServiceTable.Mark) || (reader.Node(ServiceTable.Listen) is TomlText text && ListenText.Parse(text.Value).Value is { Port: 0 });
        return new ServiceConfig(
            table.At,
            reader.Text(ServiceTable.Listen, ListenText.Parse),
            reader.Text(ServiceTable.Scheduler, WordText.OneOf("a scheduler", SchedulerNames.All), SchedulerNames.Default),
            reader.Text(ServiceTable.Helper, WordText.OneOf("a helper", ServiceTable.Helpers)),
            SubTables.One(reader, ServiceTable.Check) is { } check ? ReadCheck(check, issues) : null,
            [.. SubTables.Many(reader, ServiceTable.Server).Select(t => ReadServer(t, everyPort, issues))])
        {
            ListenGiven = reader.Has(ServiceTable.Listen),
            MarkGiven = reader.Has(ServiceTable.Mark),
            Mark = reader.Has(ServiceTable.Mark) ? reader.Unsigned(ServiceTable.Mark, 1, 1) : null,
            SchedulerFlags = reader.List(ServiceTable.SchedulerFlags, WordText.OneOf("a flag of a scheduler", SchedulerFlagNames.All)),
            Persistence = SubTables.One(reader, ServiceTable.Persistence) is { } persistence ? ReadPersistence(persistence, issues) : null,
            OnePacket = reader.Flag(ServiceTable.OnePacket, false),
            SlowStart = reader.Has(ServiceTable.SlowStart) ? reader.Duration(ServiceTable.SlowStart, TimeSpan.Zero) : null,
            OnServerLoss = reader.Text(ServiceTable.OnServerLoss, WordText.OneOf("a way", ServiceTable.Losses), ServiceTable.Losses[0]),
        };
    }

    private static ServerConfig ReadServer(TomlTable table, bool everyPort, IssueList issues)
    {
        var reader = new TableReader(table, ServerTable.Table, issues);
        reader.ReportUnknownKeys();
        return new ServerConfig(
            table.At,
            reader.Text<System.Net.IPEndPoint>(ServerTable.Address, everyPort ? AddressText.EndPointOrHost : static text => AddressText.EndPoint(text)),
            reader.Whole(ServerTable.Weight, 0, ServerTable.MaximumWeight, ServerTable.DefaultWeight),
            reader.Unsigned(ServerTable.UpperThreshold, 0, 0),
            reader.Unsigned(ServerTable.LowerThreshold, 0, 0));
    }

    private static PersistenceConfig ReadPersistence(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, PersistenceTable.Table, issues);
        reader.ReportUnknownKeys();
        return new PersistenceConfig(
            table.At,
            reader.Duration(PersistenceTable.Timeout, PersistenceTable.DefaultTimeout, DurationText.ParseSeconds),
            reader.Text(PersistenceTable.Netmask, ClientMask.Parse),
            reader.Text(PersistenceTable.Engine, WordText.OneOf("a persistence engine", PersistenceTable.Engines)));
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
