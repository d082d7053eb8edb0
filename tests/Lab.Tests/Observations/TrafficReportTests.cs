namespace HaLvs.Lab.Tests.Observations;

public sealed class TrafficReportTests
{
    [Fact]
    public void FirstNewAfter_GapAroundTheMoment_IsMeasuredToItsEnd() =>
        Assert.Equal(650, Report((1000, 1060), (4995, 5650)).FirstNewAfter(5000));

    [Fact]
    public void FirstNewAfter_OnlyEarlierGaps_IsUnknown() => Assert.Null(Report((1000, 1060)).FirstNewAfter(5000));

    [Fact]
    public void FirstNewAfter_GapLongAfterTheMoment_HasAnotherCause() => Assert.Null(Report((9000, 9100)).FirstNewAfter(5000));

    [Fact]
    public void Read_WhatTrafficWrites_IsUnderstood()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """
                {"connections":1000,"lost":1,"corrupted":2,"messages":30000,"longestStallMs":512.5,
                 "newConnections":{"ok":700,"failed":3,"longestGapMs":655.25},
                 "gaps":[{"fromMonotonicMs":4995,"toMonotonicMs":5650.25,"ms":655.25}]}
                """);
            var report = TrafficReport.Read(path);
            Assert.Equal((1000, 1, 2, 30000L, 512.5), (report.Connections, report.Lost, report.Corrupted, report.Messages, report.LongestStallMilliseconds));
            Assert.Equal((700L, 3L, 655.25), (report.NewOk, report.NewFailed, report.NewLongestGapMilliseconds));
            Assert.Equal((4995.0, 5650.25), Assert.Single(report.Gaps));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TrafficReport Report(params (double From, double To)[] gaps) => new(1, 0, 0, 1, 0, 1, 0, 0, gaps);
}
