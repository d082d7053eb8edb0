using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;
using HaLvs.Director.Sync.Transport;
using HaLvs.Director.Sync.Wire;

namespace HaLvs.Director.Sync.Receiving;

/// <summary>Why a stream could not be opened or ended, in the operator's words.</summary>
internal static class DialFailure
{
    public static string Describe(Exception error, SyncChannel channel, StreamLife life)
    {
        if (channel.CertificateRefusal is { } certificate) return $"its certificate is refused: {certificate}";
        if (error is SyncProtocolException) return error.Message;
        if (life.Silent) return "silent for too long";
        if (error is RpcException { StatusCode: StatusCode.FailedPrecondition or StatusCode.InvalidArgument } refused) return $"it refuses us: {refused.Status.Detail}";
        return Innermost(error) switch
        {
            SocketException socket => socket.Message,
            AuthenticationException tls => $"TLS failed: {tls.Message}",
            { } other => other.Message,
        };
    }

    private static Exception Innermost(Exception error)
    {
        Exception inner = (error as RpcException)?.Status.DebugException ?? error;
        while (inner.InnerException is not null) inner = inner.InnerException;
        return inner;
    }
}
