using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Services;

/// <summary>A server on its way out: nobody new comes, templates do not hold it, the deadline ends what is left.</summary>
public sealed class DrainingTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Virtual = "192.0.2.100:80";
    private static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse(TestDirector.Vip), 80);
    private static readonly Ip Leaving = Ip.Parse("10.0.0.3");

    [Fact]
    public void StartDrain_TemplateAndScheduler_LeadElsewhereAtOnce()
    {
        TestDirector director = Connected("-p 60");
        Assert.Equal(ServiceOutcome.Done, Start(director, 30, takesAway: false));
        Assert.Equal("10.0.0.2:80", new TcpConversation(director, "192.0.2.11:40002", Virtual).Open());
        Assert.Equal($"{Client} > 10.0.0.3:80 A", director.Answer(Wire.Tcp(Client, Virtual, "A", seq: 1001, ack: 5001)));
        Assert.Equal((0, 1), (Drained(director).Weight, Drained(director).Drain!.ConnectionsLeft));
        director.Wait(10);
        Assert.Equal(20, Drained(director).Drain!.Remaining!.Value.TotalSeconds, 0.2);
    }

    [Fact]
    public void Tick_DeadlinePassed_ConnectionsEndedAndServerStaysAtWeightZero()
    {
        TestDirector director = Connected("");
        Start(director, 30, takesAway: false);
        director.Wait(31);
        Assert.True(director.Core.Counters.EndedConnections > 0);
        director.Wait(12);
        Assert.Equal((0, 0, 0), (director.Core.ConnectionCount, Drained(director).Weight, Drained(director).Drain!.ConnectionsLeft));
    }

    [Fact]
    public void Tick_DeadlinePassed_IsOverOnlyWhenTheRestIsBeingEnded()
    {
        TestDirector director = Connected("");
        Start(director, 30, takesAway: true);
        director.Wait(29);
        Assert.Equal((false, 0), (Drained(director).Drain!.IsOver, Drained(director).Drain!.Ended));
        director.Wait(2);
        Assert.Equal((true, 1), (Drained(director).Drain!.IsOver, Drained(director).Drain!.Ended));
        director.Core.DeleteServer(Web, Leaving, 80, director.Now);
        director.Wait(12);
        Assert.Equal((0, 1), (director.Core.ConnectionCount, director.Core.Servers.Count));
    }

    [Fact]
    public void Tick_NoConnectionsLeft_IsOverBeforeTheDeadlineAndTemplatesStillLeadElsewhere()
    {
        TestDirector director = Connected("-p 3600");
        Start(director, 3600, takesAway: false);
        director.Send(Wire.Tcp(Client, Virtual, "RA", seq: 1001, ack: 5001));
        director.Wait(11);
        Assert.Equal((true, 0), (Drained(director).Drain!.IsOver, Drained(director).Drain!.ConnectionsLeft));
        Assert.Equal("10.0.0.2:80", new TcpConversation(director, "192.0.2.11:40003", Virtual).Open());
    }

    [Fact]
    public void StartDrain_Again_ReplacesTheDeadlineAndKeepsTheCountAtStart()
    {
        TestDirector director = Connected("");
        director.Core.StartDrain(Web, Leaving, 80, deadline: null, takesAway: false, director.Now);
        director.Wait(600);
        Assert.Null(Drained(director).Drain!.Remaining);
        Assert.Equal((1, false), (Drained(director).Drain!.ConnectionsAtStart, Drained(director).Drain!.IsOver));
        Assert.Equal(ServiceOutcome.Done, Start(director, 5, takesAway: true));
        Assert.Equal((1, true), (Drained(director).Drain!.ConnectionsAtStart, Drained(director).Drain!.TakesAway));
        director.Wait(6);
        Assert.True(Drained(director).Drain!.IsOver);
    }

    [Fact]
    public void Tick_OnStandby_ClockGoesOnButNothingEndsBeforeItServes()
    {
        TestDirector director = Connected("");
        director.Core.SetTimersFrozen(true, director.Now);
        director.Core.StartDrain(Web, Leaving, 80, TimeSpan.FromSeconds(30), takesAway: false, director.Now, connectionsAtStart: 9);
        director.Wait(20);
        Assert.Equal((10.0, 9), (Math.Round(Drained(director).Drain!.Remaining!.Value.TotalSeconds), Drained(director).Drain!.ConnectionsAtStart));
        director.Wait(20);
        Assert.Equal(0L, director.Core.Counters.EndedConnections);
        director.Core.SetTimersFrozen(false, director.Now);
        director.Wait(1);
        Assert.True(director.Core.Counters.EndedConnections > 0);
    }

    [Fact]
    public void StopDrain_TemplatesLeadThereAgain()
    {
        TestDirector director = Connected("-p 60");
        Start(director, 5, takesAway: false);
        Assert.Equal(ServiceOutcome.Done, director.Core.StopDrain(Web, Leaving, 80));
        Assert.Equal("10.0.0.3:80", new TcpConversation(director, "192.0.2.11:40002", Virtual).Open());
        director.Wait(10);
        Assert.Equal(0L, director.Core.Counters.EndedConnections);
    }

    [Fact]
    public void Explain_TemplateOfADrainingServer_SaysWhatThePipelineThenDoes()
    {
        TestDirector director = Connected("-p 60");
        Start(director, 30, takesAway: true);
        ExplainQuery query = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.11"), 40002, Ip.Parse(TestDirector.Vip), 80);
        Explanation said = director.Core.Explain(query, director.Now);
        ExplanationLine template = Assert.Single(said.Lines, l => l.Code == ExplanationCode.TemplateUnusable);
        Assert.Contains("that server drains (1 of 1 connections left, 0:30 to the deadline, then removed): it is set aside", template.Text, StringComparison.Ordinal);
        string? went = new TcpConversation(director, "192.0.2.11:40002", Virtual).Open();
        Assert.Equal(went, said.Server!.Value.WithPort(said.ServerPort));
        Explanation open = director.Core.Explain(query with { ClientPort = 40001 }, director.Now);
        Assert.Equal((true, "10.0.0.3"), (open.Existing, open.Server.ToString()));
        Assert.Contains("the server drains (1 of 1", open.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void EditServer_WeightAgain_CallsTheDrainOff()
    {
        TestDirector director = Connected("");
        Start(director, 5, takesAway: true);
        director.Core.EditServer(Web, new RealServerConfig(Leaving, 80, 1));
        director.Wait(10);
        Assert.Null(Drained(director).Drain);
        Assert.Equal((1, 0L), (director.Core.ConnectionCount, director.Core.Counters.EndedConnections));
    }

    [Fact]
    public void StartDrain_NothingThere_OutcomeOfTheTable()
    {
        ForwardingCore core = Connected("").Core;
        Assert.Equal(ServiceOutcome.NoSuchService, core.StartDrain(Web with { Port = 81 }, Leaving, 80, TimeSpan.Zero, false, 0));
        Assert.Equal(ServiceOutcome.NoSuchServer, core.StartDrain(Web, Leaving, 81, TimeSpan.Zero, false, 0));
        Assert.Equal(ServiceOutcome.OutOfRange, core.StartDrain(Web, Leaving, 80, TimeSpan.FromSeconds(-1), false, 0));
    }

    private static TestDirector Connected(string persistence)
    {
        TestDirector director = new();
        string[] commands = [$"-A -t {Virtual} -s rr {persistence}".Trim(), $"-a -t {Virtual} -r 10.0.0.2:80 -m", $"-a -t {Virtual} -r 10.0.0.3:80 -m"];
        Assert.All(commands, command => Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(director, command)));
        Assert.Equal("10.0.0.3:80", new TcpConversation(director, Client, Virtual).Open());
        return director;
    }

    private static ServiceOutcome Start(TestDirector director, int seconds, bool takesAway) =>
        director.Core.StartDrain(Web, Leaving, 80, TimeSpan.FromSeconds(seconds), takesAway, director.Now);

    private static ServerSnapshot Drained(TestDirector director) => director.Servers($"{Virtual}/tcp").Single(s => s.Address == Leaving);
}
