using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Tests.Runtime;

public sealed class TableMergeTests
{
    /// <summary>Servers as "last byte:weight". Columns: the file then, the file now, what runs; what shall run.</summary>
    [Theory]
    [InlineData("2:1 3:1", "2:1 3:1 4:1", "2:1 3:1", "2:1 3:1 4:1")]
    [InlineData("2:1 3:1", "2:5 3:1", "2:1 3:0", "2:5 3:0")]
    [InlineData("2:1 3:1", "2:1 3:7", "2:1 3:0", "2:1 3:0")]
    [InlineData("2:1 3:1", "2:1 3:1", "2:1", "2:1")]
    [InlineData("2:1 3:1", "2:1", "2:1 3:1", "2:1")]
    [InlineData("2:1", "2:1", "2:1 9:3", "2:1 9:3")]
    [InlineData("2:1", "", "2:1 9:3", "9:3")]
    [InlineData("2:1", "-", "2:1", "-")]
    [InlineData("2:1", "-", "2:4", "2:4")]
    [InlineData("2:1", "2:1 3:1", "-", "-")]
    [InlineData("-", "-", "2:1", "2:1")]
    [InlineData("-", "2:1", "-", "2:1")]
    public void Of_ThreeTables_RunTimeChangesStayTheRestFollowsTheFile(string old, string file, string running, string expected) =>
        Assert.Equal(expected, Text(TableMerge.Of(Table(old), Table(file), Table(running))));

    [Fact]
    public void Of_SettingsChangedAtRunTime_StayWhileServersFollowTheFile()
    {
        VirtualServiceConfig running = Table("2:1")[0] with { Scheduler = "wlc" };
        VirtualServiceConfig merged = Assert.Single(TableMerge.Of(Table("2:1"), Table("2:1 3:1"), [running]));
        Assert.Equal("wlc", merged.Scheduler);
        Assert.Equal("2:1 3:1", Text([merged]));
    }

    /// <summary>"-": no service; "": one without servers.</summary>
    private static VirtualServiceConfig[] Table(string servers) => servers == "-"
        ? []
        : [new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80, "rr", [.. servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Server)])];

    private static RealServerConfig Server(string text) =>
        new(Ip.Parse($"10.0.0.{text.Split(':')[0]}"), 80, int.Parse(text.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));

    private static string Text(IReadOnlyList<VirtualServiceConfig> table) =>
        table.Count == 0 ? "-" : string.Join(' ', table[0].Servers.Select(s => $"{s.Address.V4 & 255}:{s.Weight}"));
}
