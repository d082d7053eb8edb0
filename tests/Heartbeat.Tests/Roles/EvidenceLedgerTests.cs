using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat.Tests.Roles;

public sealed class EvidenceLedgerTests
{
    private static EvidenceLedger With(EvidenceKind kind, ulong epoch = 0)
    {
        var ledger = new EvidenceLedger();
        ledger.Record(new Evidence(kind, 3, epoch, "test"));
        return ledger;
    }

    [Theory]
    [InlineData(EvidenceKind.PeerReleased, false, true)]
    [InlineData(EvidenceKind.PeerReleased, true, false)]
    [InlineData(EvidenceKind.PeerStopped, false, true)]
    [InlineData(EvidenceKind.PeerStopped, true, false)]
    [InlineData(EvidenceKind.FenceConfirmed, false, false)]
    [InlineData(EvidenceKind.PowerReadOff, true, false)]
    [InlineData(EvidenceKind.OperatorConfirmed, false, false)]
    [InlineData(EvidenceKind.SingleDirector, true, true)]
    public void PeerHeard_ByKind_ExpiresOrStands(EvidenceKind kind, bool newIncarnation, bool stands)
    {
        var ledger = With(kind);
        ledger.PeerHeard(newIncarnation);
        Assert.Equal(stands, ledger.Current is not null);
    }

    [Theory]
    [InlineData(EvidenceKind.PeerReleased, false)]
    [InlineData(EvidenceKind.OwnUncompletedHandover, false)]
    [InlineData(EvidenceKind.FenceConfirmed, true)]
    public void Released_ByKind_GoodOnceOrAgain(EvidenceKind kind, bool stands)
    {
        var ledger = With(kind);
        ledger.Released();
        Assert.Equal(stands, ledger.Current is not null);
    }

    [Fact]
    public void Demand_WithoutEvidenceOrOutOfOrder_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => new EvidenceLedger().Demand(4, 4, 3));
        Assert.Throws<InvalidOperationException>(() => With(EvidenceKind.FenceConfirmed).Demand(4, 3, 3));
        Assert.Throws<InvalidOperationException>(() => With(EvidenceKind.PeerReleased, 6).Demand(4, 4, 3));
        Assert.Throws<InvalidOperationException>(() => With(EvidenceKind.FenceConfirmed).Demand(4, 4, 5));
        Assert.Equal(EvidenceKind.FenceConfirmed, With(EvidenceKind.FenceConfirmed).Demand(4, 4, 3).Kind);
    }
}
