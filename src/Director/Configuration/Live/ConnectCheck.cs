using System.Net;
using System.Net.Sockets;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Live;

/// <summary>Whether another machine's TCP port answers. For information: servers and the peer may come up later.</summary>
internal static class ConnectCheck
{
    public static LiveCheck ForPeer(string peer, IPEndPoint sync) =>
        new($"sync of {peer} at {sync}", c => LookAsync(sync, "is the director there running, and nothing in between closed?", c));

    public static IEnumerable<LiveCheck> ForServers(DirectorModel model) =>
        model.Services.Where(s => s.Protocol == TransportProtocol.Tcp).SelectMany(s => s.Servers).Select(s => new IPEndPoint(s.Address.ToIPAddress(), s.Port))
            .Distinct().Select(e => new LiveCheck($"real server {e}", c => LookAsync(e, "start its service, or look at its network", c)));

    private static async Task<LiveResult> LookAsync(IPEndPoint remote, string advice, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, cancel);
            return LiveResult.Ok("answers");
        }
        catch (SocketException exception)
        {
            return LiveResult.Note($"does not answer ({exception.Message}); {advice}");
        }
        catch (OperationCanceledException)
        {
            return LiveResult.Note($"does not answer in time; {advice}");
        }
    }
}
