using Grpc.Core;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Sync.Transport;

/// <summary>The gRPC door: every call of the peer becomes a source session of the engine.</summary>
internal sealed class ConnectionSyncService(SyncEngine engine) : ConnectionSync.ConnectionSyncBase
{
    public override Task Replicate(IAsyncStreamReader<ReplicaMessage> requestStream, IServerStreamWriter<SourceMessage> responseStream, ServerCallContext context) =>
        engine.ServeAsync(requestStream, responseStream, context.GetHttpContext().Connection.RemoteIpAddress, context.CancellationToken);
}
