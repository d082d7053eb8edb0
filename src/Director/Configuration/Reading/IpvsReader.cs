using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[ipvs]; the whole table may be left out.</summary>
internal static class IpvsReader
{
    /// <summary>The four stages of secure_tcp, drop_entry and drop_packet.</summary>
    private const int LastStage = 3;

    public static IpvsConfig Read(TomlTable? table, IssueList issues)
    {
        IpvsSettings defaults = IpvsTable.Defaults;
        var reader = new TableReader(table ?? new TomlTable(Position.Start, IpvsTable.Table.Path), IpvsTable.Table, issues);
        reader.ReportUnknownKeys();
        return new IpvsConfig
        {
            Tcp = Seconds(reader, IpvsTable.Tcp, IpvsTable.DefaultTimeouts.Tcp),
            TcpFin = Seconds(reader, IpvsTable.TcpFin, IpvsTable.DefaultTimeouts.TcpFin),
            Udp = Seconds(reader, IpvsTable.Udp, IpvsTable.DefaultTimeouts.Udp),
            ExpireNoDestConn = reader.Flag(IpvsTable.ExpireNoDestConn, defaults.ExpireNoDestConn),
            ExpireQuiescentTemplate = reader.Flag(IpvsTable.ExpireQuiescentTemplate, defaults.ExpireQuiescentTemplate),
            SloppyTcp = reader.Flag(IpvsTable.SloppyTcp, defaults.SloppyTcp),
            NatIcmpSend = reader.Flag(IpvsTable.NatIcmpSend, defaults.NatIcmpSend),
            SecureTcp = reader.Whole(IpvsTable.SecureTcp, 0, LastStage, defaults.SecureTcp),
            DropEntry = reader.Whole(IpvsTable.DropEntry, 0, LastStage, defaults.DropEntry),
            DropPacket = reader.Whole(IpvsTable.DropPacket, 0, LastStage, defaults.DropPacket),
            DropRate = reader.Whole(IpvsTable.DropRate, 1, int.MaxValue, defaults.DropRate),
            ConnReuseMode = reader.Whole(IpvsTable.ConnReuseMode, 0, 1, defaults.ConnReuseMode),
            LblcExpiration = Seconds(reader, IpvsTable.LblcExpiration, defaults.LblcExpiration),
            LblcrExpiration = Seconds(reader, IpvsTable.LblcrExpiration, defaults.LblcrExpiration),
        };
    }

    private static Setting<TimeSpan>? Seconds(TableReader reader, KnownKey key, TimeSpan defaultValue) => reader.Duration(key, defaultValue, DurationText.ParseSeconds);
}
