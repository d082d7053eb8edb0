using HaLvs.Director.Commands;
using HaLvs.Director.Tests.Control;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>`halvs ipvsadm` over a real control socket.</summary>
public sealed class IpvsadmCommandTests : IAsyncLifetime
{
    private readonly OperationsDouble _director = new();
    private ControlServer _server = null!;

    private RuntimeDouble Table => (RuntimeDouble)_director.Runtime;

    public async Task InitializeAsync() => _server = await ControlServer.StartAsync(_director);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Run_RestoreOverTheSocket_IsOneTransactionAndComesBack()
    {
        const string rules = """
            --set 600 60 200
            -A -t 192.0.2.100:80 -s wrr -p 60
            -a -t 192.0.2.100:80 -r 10.0.0.2:80 -m -w 5 -x 20 -y 10
            -a -t 192.0.2.100:80 -r 10.0.0.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
            -A -f 9 -6 -s rr
            -a -f 9 -6 -r [2001:db8::2]:0 -m -w 1

            """;
        CommandRun restore = await RunAsync("-R", "-C\n" + rules);
        Assert.Equal((0, "", ""), (restore.ExitCode, restore.Output, restore.Error));
        Assert.Equal(1, Table.Transactions);
        Assert.Contains($"{Environment.UserName} (uid ", Assert.Single(Table.Who), StringComparison.Ordinal);
        Assert.Equal(rules, (await RunAsync("-S -n")).Output);
    }

    [Fact]
    public async Task Run_NodeThatDoesNotServe_SaysWhoDoes()
    {
        Table.Refusal = "director-b does not serve: director-a does";
        CommandRun run = await RunAsync("-C");
        Assert.Equal((255, "director-b does not serve: director-a does\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Run_RestoreThatEndsAtAWrongLineOnANodeThatDoesNotServe_SaysWhoDoes()
    {
        Table.Refusal = "director-b does not serve: director-a does";
        CommandRun run = await RunAsync("-R", "-C\n-A -t 192.0.2.100:80\nnonsense\n");
        Assert.Equal((255, "director-b does not serve: director-a does\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Run_Interrupted_IsOneLine()
    {
        using CancellationTokenSource interrupted = new();
        await interrupted.CancelAsync();
        CommandRun run = await CommandRun.OfAsync(["ipvsadm", "-C"], new CommandHost { Interactive = false, Input = TextReader.Null, SocketPath = _server.Path }, interrupted.Token);
        Assert.Equal((1, "halvs: interrupted; what the director had begun may go on: see halvs events\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Run_Connections_AsTheTableHasThem()
    {
        ConnectionRecord record = new(
            ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("192.0.2.11"), 40001, Ip.Parse("192.0.2.100"), 80, Ip.Parse("10.0.0.2"), 8080, ConnectionState.Established, 899_999);
        _director.Table = [record, record with { Kind = ConnectionKind.Template, Protocol = 0, ClientPort = 0, VirtualPort = 0, ServerPort = 0, Mark = 7, State = ConnectionState.Assured, RemainingMilliseconds = 99_000 }];
        Assert.Equal("""
            IPVS connection entries
            pro expire state       source             virtual            destination
            TCP 14:59  ESTABLISHED 192.0.2.11:40001   192.0.2.100:80     10.0.0.2:8080
            IP  01:39  ASSURED     192.0.2.11:0       0.0.0.7:0          10.0.0.2:0

            """, (await RunAsync("-L -n -c")).Output);
    }

    [Fact]
    public async Task Run_ConnectionsWithPersistentConn_CallIdsInIpvsadmsWidths()
    {
        ConnectionRecord template = new(
            ConnectionKind.Template, TransportProtocol.Udp, Ip.Parse("192.0.2.11"), 0, Ip.Parse("192.0.2.100"), 5060, Ip.Parse("10.0.0.2"), 5060, ConnectionState.None, 359_000)
        {
            CallId = "a84b4c76e66710@pc33.example.com",
        };
        _director.Table = [template, template with { CallId = null, State = ConnectionState.Assured }];
        Assert.Equal("""
            IPVS connection entries
            pro expire state       source             virtual            destination        pe name          pe_data
            UDP 05:59  NONE        192.0.2.11:0       192.0.2.100:5060   10.0.0.2:5060    sip                a84b4c76e66710@pc33.example.com
            UDP 05:59  ASSURED     192.0.2.11:0       192.0.2.100:5060   10.0.0.2:5060

            """, (await RunAsync("-L -n -c --persistent-conn")).Output);
        Assert.DoesNotContain("sip", (await RunAsync("-L -n -c")).Output, StringComparison.Ordinal);
    }

    private Task<CommandRun> RunAsync(string words, string input = "") => CommandRun.OfAsync(
        ["ipvsadm", .. words.Split(' ')], new CommandHost { Interactive = false, Input = new StringReader(input), SocketPath = _server.Path });
}
