using HaLvs.Heartbeat.Peers;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests.Peers;

public sealed class PeerSessionTests
{
    private const ulong Ours = 500;

    private static HeartbeatMessage Message(ulong sequence, ulong incarnation = 3, ulong echo = Ours, ulong nonce = 900, ulong boot = 1) =>
        new() { Sequence = sequence, Incarnation = incarnation, Echo = echo, Nonce = nonce, BootId = boot };

    [Fact]
    public void Judge_WithoutOurEcho_NotFreshButNonceNoted()
    {
        var session = new PeerSession(2, Ours);
        var verdict = session.Judge(Message(1, echo: 0), 0);
        Assert.Equal(RejectReason.NotFresh, verdict.Reject);
        Assert.True(verdict.NewNonce);
        Assert.Equal(900UL, session.Echo);
        Assert.Null(session.Verified);
    }

    [Fact]
    public void Judge_SameMessageOnTwoLinks_RefreshesBothActsOnce()
    {
        var session = new PeerSession(2, Ours);
        Assert.True(session.Judge(Message(7), 0) is { Reject: RejectReason.None, First: true, Newest: true, NewIncarnation: true });
        Assert.True(session.Judge(Message(7), 1) is { Reject: RejectReason.None, First: false, Newest: false, NewIncarnation: false });
        Assert.Equal(RejectReason.Replayed, session.Judge(Message(7), 1).Reject);
    }

    [Fact]
    public void Judge_Reordered_LivesButWordsStay()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(7), 0);
        Assert.True(session.Judge(Message(6), 0) is { Reject: RejectReason.None, First: true, Newest: false });
    }

    [Fact]
    public void Judge_OlderIncarnation_RejectedForEver()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(1, incarnation: 4), 0);
        Assert.Equal(RejectReason.OldIncarnation, session.Judge(Message(99, incarnation: 3), 0).Reject);
        Assert.Equal(900UL, session.Echo);
    }

    [Fact]
    public void Judge_LowerCounterOfANewDisk_AcceptedOnlyAfterProvenOffAndWithTheNewNonce()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(1, incarnation: 57), 0);
        session.Rotate();
        Assert.Equal(RejectReason.OldIncarnation, session.Judge(Message(99, incarnation: 56, echo: Ours + 1), 0).Reject);
        Assert.Equal(RejectReason.NotFresh, session.Judge(Message(1, incarnation: 1, boot: 2, nonce: 77), 0).Reject);
        Assert.Equal(77UL, session.Echo);
        Assert.True(session.Judge(Message(2, incarnation: 1, boot: 2, nonce: 77, echo: Ours + 1), 0) is { Reject: RejectReason.None, NewIncarnation: true });
        Assert.Equal((1UL, 2UL), session.Verified);
    }

    [Fact]
    public void Judge_SameCounterOtherBoot_Twin()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(1), 0);
        Assert.Equal(RejectReason.TwinIncarnation, session.Judge(Message(2, boot: 2), 0).Reject);
    }

    [Fact]
    public void Judge_NewIncarnation_SequenceStartsOver()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(1000), 0);
        Assert.True(session.Judge(Message(1, incarnation: 4, nonce: 901), 0) is { Reject: RejectReason.None, NewIncarnation: true, Newest: true });
        Assert.Equal(901UL, session.Echo);
    }

    [Fact]
    public void Judge_ReplayOfAnOlderLife_DoesNotTakeTheEchoAway()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(5, incarnation: 4, echo: 0, nonce: 904), 0);
        session.Judge(Message(6, incarnation: 3, echo: 0, nonce: 903), 0);
        Assert.Equal(904UL, session.Echo);
    }

    [Fact]
    public void Rotate_MessagesMadeBefore_NotFresh()
    {
        var session = new PeerSession(1, Ours);
        session.Judge(Message(1), 0);
        session.Rotate();
        Assert.Equal(RejectReason.NotFresh, session.Judge(Message(2), 0).Reject);
        Assert.Equal(RejectReason.None, session.Judge(Message(3, echo: session.Nonce), 0).Reject);
    }
}
