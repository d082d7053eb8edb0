using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>
/// Plays every FTP record of a kernel director byte for byte. Where we are better on purpose (docs/adr/0015-ftp-is-a-stream.md) a rule says so, not a list of
/// steps: the rules are in <see cref="FtpReplay"/>.
/// </summary>
public sealed class FtpRecordTests
{
    public static TheoryData<string> Records() => [.. GoldenRecords.Names("packets").Where(IsFtp)];

    /// <summary>The service watches port 21; only there does the kernel's helper look.</summary>
    public static bool IsFtp(string name) =>
        GoldenRecords.Read($"packets/{name}.json").GetProperty("setup").EnumerateArray().Any(c => c.GetString()!.Contains(":21 ", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Records))]
    public void Packets_RecordOfKernel_SameBytesOrBetter(string name)
    {
        FtpReplay replay = new(GoldenRecords.Read($"packets/{name}.json"));
        int played = replay.Run();
        Assert.True(played > 0, "The record held no packets.");
    }

    /// <summary>The deviations of the records that we have, counted: a rule that grew too wide shows here.</summary>
    [Theory]
    [InlineData("ftp_pasv", "")]
    [InlineData("ftp_epsv", "")]
    [InlineData("ftp_eprt", "")]
    [InlineData("ftp_port_conntrack0", "")]
    [InlineData("ftp_epsv_conntrack0", "")]
    [InlineData("ftp_pasv_shorter", "")]
    [InlineData("ftp_pasv_port_change", "")]
    [InlineData("ftp_unasked_replies", "")]
    [InlineData("ftp_without_helper", "")]
    [InlineData("ftp_odd_replies", "reply read as a line 1, foreign address not opened 7, line opened 3")]
    [InlineData("ftp_seq_adjust_raw", "same bytes again 4, exact acknowledgement 1, kernel lost it 1")]
    public void Packets_RecordOfKernel_DeviatesOnlyThere(string name, string deviations)
    {
        FtpReplay replay = new(GoldenRecords.ReadOwn($"packets/{name}.json"));
        replay.Run();
        Assert.Equal(deviations, replay.Deviations);
    }
}
