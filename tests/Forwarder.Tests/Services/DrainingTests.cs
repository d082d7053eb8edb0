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
        Assert.Equal(20, Drained(director).Drain!.Remaining.TotalSeconds, 0.2);
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
    public void Tick_DeadlinePassed_ServerTakenAwayWhenAsked()
    {
        TestDirector director = Connected("");
        Start(director, 30, takesAway: true);
        director.Wait(29);
        Assert.Equal(2, director.Servers($"{Virtual}/tcp").Length);
        director.Wait(2);
        Assert.Single(director.Servers($"{Virtual}/tcp"));
        director.Wait(12);
        Assert.Equal((0, 1), (director.Core.ConnectionCount, director.Core.Servers.Count));
    }

    [Fact]
    public void Tick_NoConnectionsLeft_ServerTakenAwayBeforeTheDeadline()
    {
        TestDirector director = Connected("");
        Start(director, 3600, takesAway: true);
        director.Send(Wire.Tcp(Client, Virtual, "RA", seq: 1001, ack: 5001));
        director.Wait(11);
        Assert.Single(director.Servers($"{Virtual}/tcp"));
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
