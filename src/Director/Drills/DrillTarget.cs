using System.Net;
using HaLvs.Director.Commands;
using HaLvs.Director.Control.V1;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Drills;

/// <summary>Where the drill's own traffic goes.</summary>
public static class DrillTarget
{
    private const uint EchoPort = 7;
    private const uint HttpPort = 80;

    /// <exception cref="OperatorException">Nothing is given and no service of the configuration fits.</exception>
    public static TrafficOptions Choose(DrillOptions options, StatusReply status)
    {
        if (options.Target is { } given)
        {
            return Load(given, options.Protocol, options.Connections);
        }

        return Find(status, EchoPort) is { } echo ? Load(echo, TrafficProtocol.Echo, options.Connections)
            : Find(status, HttpPort) is { } http ? Load(http, TrafficProtocol.Http, options.Connections)
            : throw new OperatorException("no virtual service on TCP port 7 (echo) or 80 (http): name one with --target IP:PORT --protocol echo|http, or give --no-traffic");
    }

    private static TrafficOptions Load(IPEndPoint target, TrafficProtocol protocol, int connections) =>
        new(target, protocol, connections, TrafficOptions.DefaultInterval, TrafficOptions.DefaultProbeInterval);

    private static IPEndPoint? Find(StatusReply status, uint port) => status.Services
        .Where(s => s.Protocol == "tcp" && s.Port == port && s.Servers.Any(r => r.Weight > 0))
        .Select(s => new IPEndPoint(IPAddress.Parse(s.Address), (int)s.Port))
        .FirstOrDefault();
}
