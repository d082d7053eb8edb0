using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Director.Drills;
using HaLvs.Director.Tests.Control;

namespace HaLvs.Director.Tests.Drills;

public class DrillSafetyTests
{
    private static StatusReply Standby => StatusTranslation.ToReply(StatusSamples.StandbyPair());

    private static StatusReply Active => StatusTranslation.ToReply(StatusSamples.ActivePair());

    [Fact]
    public void Objections_HealthyPairFromTheRightSide_None()
    {
        Assert.Empty(DrillSafety.Objections(DrillKind.Switchover, Standby));
        Assert.Empty(DrillSafety.Objections(DrillKind.Switchover, Active));
        Assert.Empty(DrillSafety.Objections(DrillKind.PowerCut, Standby));
        Assert.Empty(DrillSafety.Objections(DrillKind.ProcessKill, Active));
    }

    [Fact]
    public void Objections_PowerCutOnTheActive_SaysWhere() =>
        Assert.Contains("start the power-cut on director-b", Only(DrillKind.PowerCut, Active), StringComparison.Ordinal);

    [Fact]
    public void Objections_ProcessKillOnTheStandby_SaysWhere() =>
        Assert.Contains("runs on director-b: start the process-kill there", Only(DrillKind.ProcessKill, Standby), StringComparison.Ordinal);

    [Fact]
    public void Objections_PeerSilent_Refused() =>
        Assert.Contains("is not heard", Only(DrillKind.PowerCut, With(s => s.Peer.Alive = false)), StringComparison.Ordinal);

    [Fact]
    public void Objections_NotInSync_Refused() =>
        Assert.Contains("not in sync", Only(DrillKind.PowerCut, With(s => s.Peer.InSync = false)), StringComparison.Ordinal);

    [Fact]
    public void Objections_OtherConfiguration_Refused() =>
        Assert.Contains("another configuration", Only(DrillKind.PowerCut, With(s => s.Peer.SameConfiguration = false)), StringComparison.Ordinal);

    [Fact]
    public void Objections_FenceDeviceUntested_Refused() =>
        Assert.Contains("--test", Only(DrillKind.PowerCut, With(s => s.Fence[0].State = "untested")), StringComparison.Ordinal);

    [Fact]
    public void Objections_NoFenceDevice_Refused() =>
        Assert.Contains("no fence device", Only(DrillKind.PowerCut, With(s => s.Fence.Clear())), StringComparison.Ordinal);

    [Fact]
    public void Objections_Blocked_AllReasonsAtOnce()
    {
        IReadOnlyList<string> all = DrillSafety.Objections(DrillKind.PowerCut, StatusTranslation.ToReply(StatusSamples.Blocked()));

        Assert.True(all.Count >= 3, string.Join('\n', all));
    }

    [Fact]
    public void Objections_SingleDirector_Refused() =>
        Assert.Contains("single director", Only(DrillKind.Switchover, StatusTranslation.ToReply(StatusSamples.Single())), StringComparison.Ordinal);

    private static string Only(DrillKind kind, StatusReply status) => Assert.Single(DrillSafety.Objections(kind, status));

    private static StatusReply With(Action<StatusReply> change)
    {
        StatusReply status = Standby;
        change(status);
        return status;
    }
}
