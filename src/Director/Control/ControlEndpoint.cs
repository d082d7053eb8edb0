using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace HaLvs.Director.Control;

/// <summary>
/// Puts the control service into Kestrel: HTTP/2 in clear text over the claimed Unix socket. Three calls, in the order in which a web
/// application is built: <see cref="AddControl"/>, <see cref="ListenControl"/>, <see cref="MapControl"/>.
/// </summary>
public static class ControlEndpoint
{
    /// <summary>Owner and group: the package may give the folder to a group of operators.</summary>
    public const UnixFileMode SocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>gRPC and the operations. Call AddGrpc elsewhere too if needed: it is idempotent.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services, IDirectorOperations operations)
    {
        services.AddGrpc();
        services.AddSingleton(operations);
        services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = CreateBoundListenSocket);
        return services;
    }

    public static void ListenControl(this KestrelServerOptions kestrel, ControlSocketClaim claim) =>
        kestrel.ListenUnixSocket(claim.Path, o => o.Protocols = HttpProtocols.Http2);

    public static void MapControl(this IEndpointRouteBuilder routes) => routes.MapGrpcService<ControlService>();

    /// <summary>Sets the mode between bind and listen, while nobody can connect yet: no moment with a too open socket. Others as usual.</summary>
    public static Socket CreateBoundListenSocket(EndPoint endpoint)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (endpoint is UnixDomainSocketEndPoint)
        {
            File.SetUnixFileMode(endpoint.ToString()!, SocketMode);
        }

        return socket;
    }
}
