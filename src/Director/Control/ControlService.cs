using System.Threading.Channels;
using Grpc.Core;
using HaLvs.Director.Control.V1;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace HaLvs.Director.Control;

/// <summary>Translates between the wire and <see cref="IDirectorOperations"/>. Holds no rule: what may happen, the director decides.</summary>
public sealed class ControlService(IDirectorOperations operations) : V1.Control.ControlBase
{
    private const int ConnectionsPerBatch = 512;

    public override Task<StatusReply> Status(StatusRequest request, ServerCallContext context) =>
        Task.FromResult(StatusTranslation.ToReply(operations.Status()));

    public override async Task Events(EventsRequest request, IServerStreamWriter<EventReply> responseStream, ServerCallContext context)
    {
        try
        {
            await foreach (DirectorEvent e in operations.EventsAsync(request.Follow, context.CancellationToken))
            {
                await responseStream.WriteAsync(EventTranslation.ToReply(e), context.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The operator stopped following.
        }
    }

    public override Task Switchover(SwitchoverRequest request, IServerStreamWriter<OperationReply> responseStream, ServerCallContext context) =>
        RunAsync((progress, cancel) => operations.SwitchoverAsync(request.HasTo ? request.To : null, progress, cancel), responseStream, context);

    public override Task Fence(FenceRequest request, IServerStreamWriter<OperationReply> responseStream, ServerCallContext context) =>
        RunAsync((progress, cancel) => request.Action switch
        {
            FenceAction.Off => operations.FenceAsync(request.Node, progress, cancel),
            FenceAction.Test => operations.FenceTestAsync(request.Node, progress, cancel),
            FenceAction.Confirm => operations.FenceConfirmAsync(request.Node, OperatorName(request.Operator, context), cancel),
            FenceAction.On => operations.PowerOnAsync(request.Node, progress, cancel),
            _ => throw new RpcException(new Status(StatusCode.InvalidArgument, $"unknown fence action {(int)request.Action}: the program is newer than the director; nothing was done")),
        }, responseStream, context);

    public override Task Reload(ReloadRequest request, IServerStreamWriter<OperationReply> responseStream, ServerCallContext context) =>
        RunAsync((_, cancel) => operations.ReloadAsync((Runtime.DriftChoice)request.Drift, OperatorName("", context), cancel), responseStream, context);

    public override async Task<ChangeServicesReply> ChangeServices(ChangeServicesRequest request, ServerCallContext context)
    {
        ChangeServicesReply reply = new();
        try
        {
            IReadOnlyList<ServiceChange> changes = [.. request.Changes.Select(ServiceControl.FromMessage)];
            ChangeReport report = await operations.Runtime.ChangeAsync(changes, OperatorName(request.Operator, context), context.CancellationToken);
            reply.Outcomes.AddRange(report.Outcomes.Select(o => (uint)o));
            if (report.Warning is { } warning)
            {
                reply.Warning = warning;
            }
        }
        catch (Exception e) when (e is Commands.OperatorException or InvalidDataException)
        {
            reply.Refusal = e.Message;
        }

        return reply;
    }

    public override Task Drain(DrainRequest request, IServerStreamWriter<OperationReply> responseStream, ServerCallContext context) =>
        RunAsync((progress, cancel) => request.Cancel
            ? operations.Runtime.CancelDrainAsync(request.Service, request.Server, OperatorName(request.Operator, context), cancel)
            : operations.Runtime.DrainAsync(request.Service, request.Server, TimeSpan.FromMilliseconds(request.DeadlineMilliseconds), request.Remove,
                OperatorName(request.Operator, context), progress, cancel),
            responseStream, context);

    public override Task<ListServicesReply> ListServices(ListServicesRequest request, ServerCallContext context) =>
        Task.FromResult(ServiceControl.ToReply(operations.Runtime.Contents()));

    public override async Task Connections(ConnectionsRequest request, IServerStreamWriter<ConnectionBatch> responseStream, ServerCallContext context)
    {
        ConnectionFilter filter = ConnectionFilter.Of(request) ?? throw new RpcException(
            new Status(StatusCode.InvalidArgument, "a filter is not ADDRESS or ADDRESS:PORT (IPv6 with a port in brackets); nothing was listed"));
        IEnumerable<ConnectionRecord> records = operations.Connections().Where(filter.Matches);
        if (request.Limit > 0)
        {
            records = records.Take((int)Math.Min(request.Limit, int.MaxValue));
        }

        foreach (ConnectionRecord[] chunk in records.Chunk(ConnectionsPerBatch))
        {
            ConnectionBatch batch = new();
            batch.Connections.AddRange(chunk.Select(ConnectionTranslation.ToReply));
            await responseStream.WriteAsync(batch, context.CancellationToken);
        }
    }

    public override Task<ExplainReply> Explain(ExplainRequest request, ServerCallContext context) =>
        Task.FromResult(ExplainTranslation.ToReply(operations.Explain(ExplainTranslation.ToQuery(request) ?? throw new RpcException(
            new Status(StatusCode.InvalidArgument, "the question is not PROTOCOL, ADDRESS:PORT of the client and ADDRESS:PORT of the virtual end")))));

    /// <summary>
    /// Progress lines may come from any thread and faster than the client reads; gRPC wants one writer at a time: hence the queue. An operator
    /// who goes away cancels the waiting; whether the work itself goes on is the operation's own contract.
    /// </summary>
    private static async Task RunAsync(
        Func<IProgress<string>, CancellationToken, Task<OperationOutcome>> operation, IServerStreamWriter<OperationReply> replies, ServerCallContext context)
    {
        Channel<OperationReply> queue = Channel.CreateUnbounded<OperationReply>(new UnboundedChannelOptions { SingleReader = true });
        Task work = CompleteAsync(operation, queue.Writer, context.CancellationToken);
        await foreach (OperationReply reply in queue.Reader.ReadAllAsync(context.CancellationToken))
        {
            await replies.WriteAsync(reply, context.CancellationToken);
        }

        await work;
    }

    private static async Task CompleteAsync(
        Func<IProgress<string>, CancellationToken, Task<OperationOutcome>> operation, ChannelWriter<OperationReply> queue, CancellationToken cancel)
    {
        try
        {
            OperationOutcome outcome = await operation(new QueuedProgress(queue), cancel);
            queue.TryWrite(new OperationReply { Outcome = new Outcome { Done = outcome.Done, Text = outcome.Text } });
        }
        finally
        {
            queue.TryComplete();
        }
    }

    /// <summary>What the client calls himself, and what the kernel knows: a vouching is recorded with both.</summary>
    private static string OperatorName(string claimed, ServerCallContext context)
    {
        PeerCredential? peer = PeerCredential.Of(context.GetHttpContext().Features.Get<IConnectionSocketFeature>()?.Socket);
        string name = string.IsNullOrWhiteSpace(claimed) ? "operator" : claimed.Trim();
        return peer is { } p ? $"{name} (uid {p.UserId}, pid {p.ProcessId})" : name;
    }

    private sealed class QueuedProgress(ChannelWriter<OperationReply> queue) : IProgress<string>
    {
        /// <summary>After the outcome it is dropped: the queue is complete.</summary>
        public void Report(string value) => queue.TryWrite(new OperationReply { Progress = value });
    }
}
