using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Scheduling;

/// <summary>One virtual service and its scheduler without packets: what an operator does to it, connections that begin and end, and time.</summary>
internal sealed class ServiceBench
{
    private readonly ServerRegistry _registry = new();
    private readonly ServiceKey _key = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80);

    public ServiceBench(string scheduler, SchedulerOptions options = SchedulerOptions.None, TimeSpan slowStart = default, IpvsSettings? settings = null)
    {
        Environment = new SchedulerEnvironment(42) { Settings = settings ?? new IpvsSettings() };
        Service = new VirtualService(
            new VirtualServiceConfig(_key.Protocol, _key.Address, _key.Port, scheduler, []) { Options = options, SlowStart = slowStart }, Environment);
    }

    public SchedulerEnvironment Environment { get; }

    public VirtualService Service { get; }

    public long Now { get; set; } = 1_000_000;

    public RealServer this[int host] => _registry.Find(KeyOf(host))!;

    public ServiceBench Add(int host, int weight = 1, uint upper = 0, uint lower = 0)
    {
        Service.Add(_registry.GetOrAdd(KeyOf(host)), Config(host, weight, upper, lower));
        return this;
    }

    public void Edit(int host, int weight, uint upper = 0, uint lower = 0) => Service.Edit(this[host], Config(host, weight, upper, lower));

    public void Remove(int host)
    {
        RealServer server = this[host];
        Service.Remove(server);
        _registry.ForgetIfUnused(server);
    }

    public NewConnection From(uint client, ushort port = 40_000, string to = "192.0.2.100") =>
        new(Ip.FromV4(client), port, Ip.Parse(to), 80, Now);

    public RealServer? Pick(uint client = 0, ushort port = 40_000, string to = "192.0.2.100") => Service.Schedule(From(client, port, to));

    /// <summary>Last part of the picked server's address, "-" for none.</summary>
    public string Name(uint client = 0, ushort port = 40_000, string to = "192.0.2.100") => NameOf(Pick(client, port, to));

    public static string NameOf(RealServer? server) => server is null ? "-" : $"{server.Key.Address.V4 & 255}";

    /// <summary>So many picks, each of which becomes an active connection when <paramref name="bind"/> says so.</summary>
    public string Names(int count, bool bind = false)
    {
        List<string> names = [];
        for (int i = 0; i < count; i++)
        {
            RealServer? server = Pick((uint)i);
            names.Add(NameOf(server));
            if (bind)
            {
                server?.Bind(ConnectionState.Established);
            }
        }

        return string.Join(' ', names);
    }

    private ServerKey KeyOf(int host) => new(_key, Ip.FromV4(0x0a00_0000u + (uint)host), 80);

    private static RealServerConfig Config(int host, int weight, uint upper, uint lower) =>
        new(Ip.FromV4(0x0a00_0000u + (uint)host), 80, weight) { UpperThreshold = upper, LowerThreshold = lower };
}
