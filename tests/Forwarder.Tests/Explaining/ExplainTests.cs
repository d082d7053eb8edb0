using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Explaining;

/// <summary>What Explain says is what then happens, and asking changes nothing.</summary>
public sealed class ExplainTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Virtual = "192.0.2.100:80";

    [Fact]
    public void Explain_NewClient_SaysWhatTheSchedulerThenDoes()
    {
        TestDirector director = Persistent();
        Explanation said = Ask(director, Client);
        Assert.Equal([ExplanationCode.ServiceExact, ExplanationCode.NoTemplate, ExplanationCode.ServerState, ExplanationCode.ServerState, ExplanationCode.Scheduled], Codes(said));
        Assert.Equal(Codes(said), Codes(Ask(director, Client)));
        Assert.Equal($"{said.Server}:{said.ServerPort}", new TcpConversation(director, Client, Virtual).Open());
    }

    [Fact]
    public void Explain_ExistingConnection_NamesServerStateAndTemplate()
    {
        TestDirector director = Persistent();
        new TcpConversation(director, Client, Virtual).Open();
        Explanation said = Ask(director, Client, opens: false);
        Assert.Equal([ExplanationCode.HoldsTemplate, ExplanationCode.Existing], Codes(said));
        Assert.True(said.Existing);
        Assert.Contains("goes to 10.0.0.3:80, state Established, 900 s left", said.Lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(ExplanationCode.Template, Ask(director, "192.0.2.11:7").Reason);
    }

    [Fact]
    public void Explain_EngineSip_TheCallDecidesAndIsNamed()
    {
        TestDirector director = Calls.Sip.Director("-p 60 --pe sip");
        ExplainQuery query = new(TransportProtocol.Udp, Ip.Parse("192.0.2.11"), 5060, Ip.Parse("192.0.2.100"), 5060, true);
        Explanation before = director.Core.Explain(query, director.Now);
        Assert.Equal([ExplanationCode.ServiceExact, ExplanationCode.ByCallId, .. Enumerable.Repeat(ExplanationCode.ServerState, 3), ExplanationCode.Scheduled], Codes(before));
        Assert.Equal($"{before.Server}:{before.ServerPort}", Calls.Sip.Goes(director, "192.0.2.11:5060", "a84b4c76e66710"));
        Explanation after = director.Core.Explain(query, director.Now);
        Assert.EndsWith("Call-ID a84b4c76e66710.", after.Lines.Single(l => l.Code == ExplanationCode.HoldsTemplate).Text, StringComparison.Ordinal);
        Assert.EndsWith("without packets.", after.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_NoServerUsable_SaysWhyForEach()
    {
        TestDirector director = Persistent();
        Run(director, $"-e -t {Virtual} -r 10.0.0.2:80 -m -w 0", $"-e -t {Virtual} -r 10.0.0.3:80 -m -x 1", $"-a -t {Virtual} -r 10.0.0.4:80 -i");
        new TcpConversation(director, Client, Virtual).Open();
        Explanation said = Ask(director, "192.0.2.12:1");
        Assert.Equal(ExplanationCode.NoServer, said.Reason);
        Assert.Null(said.Server);
        string[] servers = [.. said.Lines.Where(l => l.Code == ExplanationCode.ServerState).Select(l => l.Text[l.Text.IndexOf("takes", StringComparison.Ordinal)..])];
        Assert.Equal(["takes none: Tunnel is not carried out.", "takes none: overloaded (upper threshold 1).", "takes none: weight 0."], servers);
    }

    [Fact]
    public void Explain_ServerRemoved_GoneOrGivesWay()
    {
        TestDirector director = Persistent();
        new TcpConversation(director, Client, Virtual).Open();
        Run(director, $"-d -t {Virtual} -r 10.0.0.3:80");
        Assert.Equal(ExplanationCode.ServerGone, Ask(director, Client, opens: false).Reason);
        Assert.Equal([ExplanationCode.ServiceExact, ExplanationCode.TemplateUnusable, ExplanationCode.ServerState, ExplanationCode.Scheduled], Codes(Ask(director, "192.0.2.11:7")));
        KernelSettings.Set(director, "net.ipv4.vs.expire_nodest_conn", 1);
        Assert.Equal(ExplanationCode.GivesWay, Ask(director, Client).Lines[0].Code);
        Assert.Equal(2, director.Core.ConnectionCount); // The connection and its template still stand: asking changed nothing.
    }

    [Theory]
    [InlineData("192.0.2.11:1", "192.0.2.100:81", true, ExplanationCode.NoService)]
    [InlineData("192.0.2.11:20", "192.0.2.100:80", true, ExplanationCode.FtpDataSource)]
    [InlineData("192.0.2.11:1", "192.0.2.100:80", false, ExplanationCode.OpensNothing)]
    [InlineData("192.0.2.11:1", "198.51.100.1:80", true, ExplanationCode.NotOurs)]
    [InlineData("192.0.2.11:1", "203.0.113.1:80", true, ExplanationCode.NoService)]
    public void Explain_NothingOpens_ReasonCode(string client, string to, bool opens, string reason)
    {
        TestDirector director = new(o => o with { MarkRules = [new MarkRule(7, new IpPrefix(Ip.Parse("203.0.113.0"), 24))] });
        Run(director, $"-A -t {Virtual} -s rr", $"-a -t {Virtual} -r 10.0.0.2:80 -m");
        Explanation said = Ask(director, client, opens, to);
        Assert.Equal(reason, said.Reason);
        Assert.Equal(to.StartsWith("203", StringComparison.Ordinal), Codes(said).Contains(ExplanationCode.MarkWithoutService));
    }

    private static TestDirector Persistent()
    {
        TestDirector director = new();
        Run(director, $"-A -t {Virtual} -s rr -p 60", $"-a -t {Virtual} -r 10.0.0.2:80 -m", $"-a -t {Virtual} -r 10.0.0.3:80 -m");
        return director;
    }

    private static void Run(TestDirector director, params string[] commands) =>
        Assert.All(commands, command => Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(director, command)));

    private static Explanation Ask(TestDirector director, string client, bool opens = true, string to = Virtual) => director.Core.Explain(
        new ExplainQuery(TransportProtocol.Tcp, Wire.Address(client), Wire.Port(client), Wire.Address(to), Wire.Port(to), opens), director.Now);

    private static string[] Codes(Explanation said) => [.. said.Lines.Select(l => l.Code)];
}
