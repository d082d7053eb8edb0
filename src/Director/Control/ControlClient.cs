using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Control;

/// <summary>The operator's end of the control socket. Every failure comes out as a <see cref="ControlSocketException"/> that says what to do.</summary>
public sealed class ControlClient : IDisposable
{
    /// <summary>A director answers status in microseconds; one that is stopped (SIGSTOP) never does.</summary>
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(5);

    private readonly GrpcChannel _channel;
    private readonly V1.Control.ControlClient _client;
    private SocketException? _connectFailure;

    public ControlClient(string socketPath)
    {
        SocketPath = socketPath;
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { ConnectCallback = async (_, cancel) => await ConnectAsync(cancel) },
            DisposeHttpClient = true,
        });
        _client = new V1.Control.ControlClient(_channel);
    }

    public string SocketPath { get; }

    public Task<StatusReply> StatusAsync(CancellationToken cancel) =>
        GuardAsync(async () => await _client.StatusAsync(new StatusRequest(), deadline: DateTime.UtcNow + StatusTimeout, cancellationToken: cancel), cancel);

    public async IAsyncEnumerable<EventReply> EventsAsync(bool follow, [EnumeratorCancellation] CancellationToken cancel)
    {
        using AsyncServerStreamingCall<EventReply> call = _client.Events(new EventsRequest { Follow = follow }, cancellationToken: cancel);
        while (await GuardAsync(() => call.ResponseStream.MoveNext(cancel), cancel))
        {
            yield return call.ResponseStream.Current;
        }
    }

    public async IAsyncEnumerable<Connection> ConnectionsAsync(ConnectionsRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        using AsyncServerStreamingCall<ConnectionBatch> call = _client.Connections(request, cancellationToken: cancel);
        while (await GuardAsync(() => call.ResponseStream.MoveNext(cancel), cancel))
        {
            foreach (Connection connection in call.ResponseStream.Current.Connections)
            {
                yield return connection;
            }
        }
    }

    public Task<ExplainReply> ExplainAsync(ExplainRequest request, CancellationToken cancel) =>
        GuardAsync(async () => await _client.ExplainAsync(request, deadline: DateTime.UtcNow + StatusTimeout, cancellationToken: cancel), cancel);

    public Task<OperationOutcome> SwitchoverAsync(string? to, Action<string> progress, CancellationToken cancel)
    {
        SwitchoverRequest request = new();
        if (to is not null)
        {
            request.To = to;
        }

        return OutcomeAsync(() => _client.Switchover(request, cancellationToken: cancel), progress, cancel);
    }

    public Task<OperationOutcome> FenceAsync(string node, FenceAction action, string operatorName, Action<string> progress, CancellationToken cancel)
    {
        FenceRequest request = new() { Node = node, Action = action, Operator = operatorName };
        return OutcomeAsync(() => _client.Fence(request, cancellationToken: cancel), progress, cancel);
    }

    public Task<OperationOutcome> ReloadAsync(DriftChoice drift, CancellationToken cancel) =>
        OutcomeAsync(() => _client.Reload(new ReloadRequest { Drift = drift }, cancellationToken: cancel), _ => { }, cancel);

    public Task<OperationOutcome> DrainAsync(DrainRequest request, Action<string> progress, CancellationToken cancel) =>
        OutcomeAsync(() => _client.Drain(request, cancellationToken: cancel), progress, cancel);

    public Task<ListServicesReply> ListServicesAsync(CancellationToken cancel) =>
        GuardAsync(async () => await _client.ListServicesAsync(new ListServicesRequest(), deadline: DateTime.UtcNow + StatusTimeout, cancellationToken: cancel), cancel);

    public Task<ChangeServicesReply> ChangeServicesAsync(ChangeServicesRequest request, CancellationToken cancel) =>
        GuardAsync(async () => await _client.ChangeServicesAsync(request, cancellationToken: cancel), cancel);

    public void Dispose() => _channel.Dispose();

    private Task<OperationOutcome> OutcomeAsync(Func<AsyncServerStreamingCall<OperationReply>> start, Action<string> progress, CancellationToken cancel) =>
        GuardAsync(async () =>
        {
            using AsyncServerStreamingCall<OperationReply> call = start();
            while (await call.ResponseStream.MoveNext(cancel))
            {
                OperationReply reply = call.ResponseStream.Current;
                if (reply.StepCase == OperationReply.StepOneofCase.Outcome)
                {
                    return new OperationOutcome(reply.Outcome.Done, reply.Outcome.Text);
                }

                progress(reply.Progress);
            }

            throw new ControlSocketException($"the director at {SocketPath} gave no outcome: see halvs events for how far it came");
        }, cancel);

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancel);
        }
        catch (RpcException e)
        {
            throw new ControlSocketException(ControlFailure.Explain(SocketPath, e, _connectFailure), e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
            _connectFailure = null;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            _connectFailure = e as SocketException;
            socket.Dispose();
            throw;
        }
    }
}
