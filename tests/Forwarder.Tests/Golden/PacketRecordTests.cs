using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>
/// Plays the packets that reached a kernel director, byte for byte, and demands the bytes that left it. Where we are better on purpose, a rule says so:
/// <see cref="PacketReplay"/>. FTP has rules of its own: <see cref="FtpRecordTests"/>.
/// </summary>
public sealed class PacketRecordTests(ITestOutputHelper output)
{
    public static TheoryData<string> Records() => [.. GoldenRecords.Names("packets").Where(n => !FtpRecordTests.IsFtp(n))];

    [Theory]
    [MemberData(nameof(Records))]
    public void Packets_RecordOfKernel_SameBytesOrBetter(string name)
    {
        PacketReplay replay = new(GoldenRecords.Read($"packets/{name}.json"));
        int played = replay.Run();
        output.WriteLine($"{name}: {played} packets; {(replay.Deviations.Length == 0 ? "no deviation" : replay.Deviations)}");
        Assert.True(played > 0, "The record held no packets.");
    }

    /// <summary>The deviations of the records that we have, counted: a rule that grew too wide shows here.</summary>
    [Theory]
    [InlineData("icmp_from_client", "")]
    [InlineData("icmp_from_server", "quote of nothing not passed on 1")]
    [InlineData("no_server", "stray SYN+ACK reset 1, quote as it came 2")]
    [InlineData("raw_icmp_from_client", "parameter problem translated 2")]
    [InlineData("raw_icmp_from_server", "parameter problem translated 2, quote of nothing not passed on 1")]
    [InlineData("raw_icmp_udp", "parameter problem translated 4")]
    [InlineData("raw_in_established", "no flags, no news 1")]
    [InlineData("raw_nat_icmp_send", "quote as it came 6")]
    [InlineData("raw_sloppy_tcp", "stray SYN+ACK reset 1")]
    [InlineData("server_deleted", "")]
    [InlineData("server_deleted_expire_nodest", "")]
    [InlineData("service_deleted", "still translated 1, reset not believed 1")]
    [InlineData("service_deleted_other_remains", "sent again 2")]
    [InlineData("table_cleared", "still translated 1")]
    [InlineData("tcp_half_close", "")]
    [InlineData("tcp_nat_port_change", "")]
    [InlineData("tcp_raw_headers", "time exceeded 2")]
    [InlineData("udp_nat", "")]
    public void Packets_RecordOfKernel_DeviatesOnlyThere(string name, string deviations)
    {
        PacketReplay replay = new(GoldenRecords.ReadOwn($"packets/{name}.json"));
        replay.Run();
        Assert.Equal(deviations, replay.Deviations);
    }
}
