using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>RFC 5961 section 3.2 from the middle: which resets close a connection here, and which only travel on.</summary>
public sealed class ResetWindowTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reset_ExactlyNext_Closes(bool byClient)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        Assert.NotNull(byClient ? talk.FromClient("R") : talk.FromServer("R"));
        Assert.Equal(ConnectionState.Close, State(director));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reset_BehindDataNotYetAcknowledged_Closes(bool byClient)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        _ = byClient ? talk.FromClient("PA", "request") : talk.FromServer("PA", "answer");
        _ = byClient ? talk.FromClient("R") : talk.FromServer("R");
        Assert.Equal(ConnectionState.Close, State(director));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reset_InWindowNotExact_ForwardedStateKeptUntilChallengeAnswered(bool byClient)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        Assert.NotNull(byClient ? talk.ForgedByClient("R", talk.ClientNext + 1000) : talk.ForgedByServer("R", talk.ServerNext + 1000));
        Assert.Equal(ConnectionState.Established, State(director));
        Assert.Equal(1, director.Core.Counters.ChallengedResets);
        Assert.Equal(10_000u, Assert.Single(director.Connections()).RemainingMilliseconds);

        // The receiver lives and asks back: the timer is whole again.
        _ = byClient ? talk.FromServer("A") : talk.FromClient("A");
        Assert.Equal(900_000u, Assert.Single(director.Connections()).RemainingMilliseconds);
    }

    [Theory]
    [InlineData(true, -1L)]
    [InlineData(true, 1_000_000_000L)]
    [InlineData(false, -1L)]
    [InlineData(false, 1_000_000_000L)]
    public void Reset_OutsideWindow_ForwardedNothingChanges(bool byClient, long offset)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        director.Wait(5);
        Assert.NotNull(byClient ? talk.ForgedByClient("R", (uint)(talk.ClientNext + offset)) : talk.ForgedByServer("R", (uint)(talk.ServerNext + offset)));
        Assert.Equal(ConnectionState.Established, State(director));
        Assert.Equal(895_000u, Assert.Single(director.Connections()).RemainingMilliseconds);
        Assert.Equal(1, director.Core.Counters.IgnoredResets);
    }

    [Theory]
    [InlineData(true, -1000L)]
    [InlineData(true, 1_000_000_000L)]
    [InlineData(false, -1000L)]
    [InlineData(false, 1_000_000_000L)]
    public void Fin_OutsideWindow_ForwardedNothingChanges(bool byClient, long offset)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        director.Wait(5);
        Assert.NotNull(byClient ? talk.ForgedByClient("FA", (uint)(talk.ClientNext + offset)) : talk.ForgedByServer("FA", (uint)(talk.ServerNext + offset)));
        Assert.Equal(ConnectionState.Established, State(director));
        Assert.Equal(895_000u, Assert.Single(director.Connections()).RemainingMilliseconds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fin_NextOrSentAgain_StateMoves(bool byClient)
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        _ = byClient ? talk.FromClient("FA", "last") : talk.FromServer("FA", "last");
        Assert.NotEqual(ConnectionState.Established, State(director));
        _ = byClient ? talk.FromServer("A") : talk.FromClient("A");
        director.Wait(5);
        uint left = Assert.Single(director.Connections()).RemainingMilliseconds;
        _ = byClient ? talk.ForgedByClient("FA", talk.ClientNext - 1) : talk.ForgedByServer("FA", talk.ServerNext - 1);
        Assert.True(Assert.Single(director.Connections()).RemainingMilliseconds > left);
    }

    [Fact]
    public void Reset_AfterForgedSegments_TheyTaughtNothing()
    {
        TestDirector director = Director();
        TcpTalk talk = new TcpTalk(director).Open();
        const uint guess = 0x7000_0000;
        talk.ForgedByClient("S", guess);
        talk.ForgedByClient("A", guess);
        director.Send(Wire.Tcp(talk.Client, "192.0.2.100:80", "A", "", talk.ClientNext, guess));
        talk.ForgedByClient("R", guess);
        talk.ForgedByServer("R", guess);
        Assert.Equal(ConnectionState.Established, State(director));
        talk.FromClient("R");
        Assert.Equal(ConnectionState.Close, State(director));
    }

    [Fact]
    public void Reset_AfterTakeover_AcceptedUntilTheWindowIsLearnt()
    {
        TestDirector active = Director();
        TcpTalk talk = new TcpTalk(active).Open();
        ConnectionRecord record = Assert.Single(active.Connections());
        foreach (bool learns in new[] { false, true })
        {
            TestDirector standby = Director();
            standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now);
            TcpTalk rest = new(standby) { ClientNext = talk.ClientNext, ServerNext = talk.ServerNext };
            if (learns)
            {
                rest.FromServer("PA", "more");
            }

            rest.ForgedByClient("R", rest.ClientNext + 2_000_000_000);
            Assert.Equal(learns ? ConnectionState.Established : ConnectionState.Close, State(standby));
        }
    }

    private static TestDirector Director() => new TestDirector().Service("192.0.2.100:80/tcp", "rr", "10.0.0.2:80");

    private static ConnectionState State(TestDirector director) => Assert.Single(director.Connections()).State;
}
