using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Configuration.Live;

/// <summary>A port of this node can be bound, or is bound by the director that already runs.</summary>
internal static class PortCheck
{
    public static LiveCheck ForSync(IPEndPoint local) => new($"sync port {local}/tcp", _ => Task.FromResult(Look(local, SocketType.Stream, ProtocolType.Tcp)));

    public static LiveCheck ForLink(IPEndPoint local) => new($"heartbeat port {local}/udp", _ => Task.FromResult(Look(local, SocketType.Dgram, ProtocolType.Udp)));

    private static LiveResult Look(IPEndPoint local, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(local);
            return LiveResult.Ok("is free");
        }
        catch (SocketException exception)
        {
            return Refused(local, protocol, exception);
        }
    }

    private static LiveResult Refused(IPEndPoint local, ProtocolType protocol, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => Busy(local, protocol),
        SocketError.AddressNotAvailable => LiveResult.Failed($"{local.Address} is no address of this machine; add it to an interface, or correct the file or --node"),
        SocketError.AccessDenied => LiveResult.Failed("needs privileges (a port below 1024); run as root"),
        _ => LiveResult.Failed(exception.Message),
    };

    private static LiveResult Busy(IPEndPoint local, ProtocolType protocol)
    {
        string table = protocol == ProtocolType.Tcp ? "/proc/self/net/tcp" : "/proc/self/net/udp";
        HashSet<string> links = [.. File.ReadLines(table).Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 9 && f[1].EndsWith(local.Port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal))
            .Select(f => $"socket:[{f[9]}]")];
        return OpenFileHolder.Of(links.Contains) switch
        {
            { IsDirector: true } director => LiveResult.Ok($"held by the running director, {director.Text}"),
            { } other => LiveResult.Failed($"is taken by {other.Text}; stop that program, or choose another port on both nodes"),
            null => LiveResult.Failed("is taken by another program; find it with ss -lntup, or choose another port on both nodes"),
        };
    }
}
