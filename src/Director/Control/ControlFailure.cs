using System.Net.Sockets;
using Grpc.Core;

namespace HaLvs.Director.Control;

/// <summary>Turns what gRPC and the kernel say about a control socket into one line: what happened, and what to do.</summary>
public static class ControlFailure
{
    public static string Explain(string path, RpcException failure, SocketException? connect) => connect is not null
        ? ExplainConnect(path, connect)
        : failure.StatusCode switch
        {
            StatusCode.DeadlineExceeded => $"the director at {path} does not answer: its process may be stopped or overloaded; see systemctl status halvs",
            StatusCode.Unavailable => $"the director at {path} went away before it answered; see systemctl status halvs",
            StatusCode.Unimplemented => $"the director at {path} is older than this program and does not know the request; upgrade it",
            StatusCode.Unknown => $"the director at {path} failed inside; see journalctl -u halvs",
            _ => $"the director at {path} refused: {failure.Status.Detail}",
        };

    private static string ExplainConnect(string path, SocketException connect) => connect.SocketErrorCode switch
    {
        SocketError.AccessDenied => $"permission denied on {path}: run as root (sudo halvs …)",
        SocketError.ConnectionRefused => $"no director runs at {path} (the socket is left over from one that ended); start it (systemctl start halvs)",
        SocketError.AddressNotAvailable => $"no director runs at {path}; start it (systemctl start halvs), or name its socket with --socket or {ControlSocketPath.EnvironmentVariable}",
        _ => $"cannot reach the director at {path}: {connect.Message}",
    };
}
