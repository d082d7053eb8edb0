using Grpc.Core;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Packets;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Tests.Control;

public sealed class ControlServiceTests : IAsyncLifetime, IDisposable
{
    private readonly OperationsDouble _director = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private ControlServer _server = null!;
    private ControlClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ControlServer.StartAsync(_director);
        _client = new ControlClient(_server.Path);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void Socket_Listening_ClosedToOthers() =>
        Assert.Equal(ControlEndpoint.SocketMode, File.GetUnixFileMode(_server.Path));

    [Fact]
    public async Task Status_ActivePair_CarriesEverything()
    {
        StatusReply s = await _client.StatusAsync(_deadline.Token);

        Assert.Equal(("director-a", "active", "director-a", 7UL), (s.Node, s.Role, s.Active, s.Epoch));
        Assert.Equal(("director-b", "standby", true, true), (s.Peer.Name, s.Peer.Role, s.Peer.Alive, s.Peer.InSync));
        Assert.Equal(["ok", "absent"], s.Links.Select(l => l.State));
        Assert.Equal(0x0011_2233_4455_6677UL, s.ConfigurationHash);
        Assert.Equal(Environment.ProcessId, s.ProcessId);
        Assert.False(s.HasBlocked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Status_Standby_InSyncIsItsOwnCopy(bool inSync)
    {
        DirectorStatus standby = StatusSamples.StandbyPair();
        _director.Current = standby with { Node = standby.Node with { InSync = inSync } };

        Assert.Equal(inSync, (await _client.StatusAsync(_deadline.Token)).Peer.InSync);
    }

    [Fact]
    public async Task Explain_Question_ComesBackWithServerAndWay()
    {
        _director.Answer = new Explanation(Existing: true, Ip.Parse("10.0.0.3"), 80, [new ExplanationLine("connection", "an open connection")]);
        ExplainRequest question = new() { Protocol = "tcp", Client = "198.51.100.7:4711", Virtual = "192.0.2.100:80" };
        ExplainReply reply = await _client.ExplainAsync(question, _deadline.Token);
        Assert.Contains("explain 198.51.100.7:4711 192.0.2.100:80", _director.Calls);
        Assert.Equal((true, "10.0.0.3:80", "connection", "an open connection"), (reply.Existing, reply.Server, reply.Reason, Assert.Single(reply.Lines).Text));
    }

    [Fact]
    public async Task Status_ActiveWithDeadPeer_NotInSync()
    {
        DirectorStatus active = StatusSamples.ActivePair();
        _director.Current = active with { Node = active.Node with { Peer = active.Node.Peer! with { Alive = false, InSync = true } } };

        Assert.False((await _client.StatusAsync(_deadline.Token)).Peer.InSync);
    }

    [Fact]
    public async Task Switchover_Progress_ComesInOrderBeforeTheOutcome()
    {
        _director.Progress = [.. Enumerable.Range(0, 200).Select(i => $"step {i}")];
        List<string> lines = [];

        OperationOutcome outcome = await _client.SwitchoverAsync("director-b", lines.Add, _deadline.Token);

        Assert.True(outcome.Done);
        Assert.Equal(_director.Progress, lines);
        Assert.Equal(["switchover director-b"], _director.Calls);
    }

    [Theory]
    [InlineData(FenceAction.Off, "fence director-b")]
    [InlineData(FenceAction.Test, "test director-b")]
    [InlineData(FenceAction.On, "on director-b")]
    public async Task Fence_Action_ReachesItsOperation(FenceAction action, string call)
    {
        await _client.FenceAsync("director-b", action, "me", _ => { }, _deadline.Token);

        Assert.Equal([call], _director.Calls);
    }

    [Fact]
    public async Task Fence_Confirm_RecordsNameAndKernelsUserId()
    {
        await _client.FenceAsync("director-b", FenceAction.Confirm, "erika", _ => { }, _deadline.Token);

        Assert.StartsWith("confirm director-b by erika (uid ", _director.Calls.Single(), StringComparison.Ordinal);
        Assert.EndsWith($"pid {Environment.ProcessId})", _director.Calls.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fence_NoAction_RefusedAndNothingDone()
    {
        ControlSocketException refused = await Assert.ThrowsAsync<ControlSocketException>(
            () => _client.FenceAsync("director-b", FenceAction.Unspecified, "", _ => { }, _deadline.Token));

        Assert.Contains("nothing was done", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_director.Calls);
    }

    [Fact]
    public async Task Events_Follow_NewOnesArrive()
    {
        _director.History.Add(new DirectorEvent(DateTimeOffset.UnixEpoch, 1.5, EventSeverity.Notice, "role", "old"));
        await using IAsyncEnumerator<EventReply> events = _client.EventsAsync(true, _deadline.Token).GetAsyncEnumerator();

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("old", "notice", 1.5), (events.Current.Text, events.Current.Severity, events.Current.MonotonicMilliseconds));
        _director.NextEvent.SetResult(new DirectorEvent(DateTimeOffset.UnixEpoch, 2, EventSeverity.Alarm, "fence", "new"));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("new", events.Current.Text);
    }

    [Fact]
    public async Task Connections_ManyBatches_AllArriveInOrder()
    {
        _director.Table = Enumerable.Range(0, 2_000).Select(Record);

        List<Connection> all = await ListAsync(0);

        Assert.Equal(2_000, all.Count);
        Assert.Equal("192.0.2.10:1999", all[^1].Client);
        Assert.Equal(("tcp", "ESTABLISHED", "10.0.0.2:80"), (all[0].Protocol, all[0].State, all[0].Server));
    }

    [Fact]
    public async Task Connections_Limit_EndsEarly()
    {
        _director.Table = Enumerable.Range(0, int.MaxValue).Select(Record);

        Assert.Equal(3, (await ListAsync(3)).Count);
    }

    [Fact]
    public async Task Status_DirectorThatThrows_OneLineWithoutTrace()
    {
        _director.Current = null!;

        ControlSocketException failure = await Assert.ThrowsAsync<ControlSocketException>(() => _client.StatusAsync(_deadline.Token));

        Assert.Contains("failed inside; see journalctl", failure.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unknown, ((RpcException)failure.InnerException!).StatusCode);
    }

    private async Task<List<Connection>> ListAsync(long limit)
    {
        List<Connection> all = [];
        await foreach (Connection c in _client.ConnectionsAsync(new ConnectionsRequest { Limit = limit }, _deadline.Token))
        {
            all.Add(c);
        }

        return all;
    }

    private static ConnectionRecord Record(int i) => new(
        ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("192.0.2.10"), (ushort)i, Ip.Parse("192.0.2.100"), 80, Ip.Parse("10.0.0.2"), 80,
        ConnectionState.Established, 899_000);
}
