using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using CorePersistence = HaLvs.Forwarder.Services.PersistenceConfig;

namespace HaLvs.Director.Configuration;

/// <summary>A written service to what the forwarding core takes. Called only when nothing was reported as an error.</summary>
internal static class ServiceBuilder
{
    public static VirtualServiceConfig Service(ServiceConfig service)
    {
        ServiceKey key = Key(service);
        return new VirtualServiceConfig(key.Protocol, key.Address, key.Port, service.Scheduler!.Value, [.. service.Servers.Select(Server)])
        {
            Mark = key.Mark,
            Options = SchedulerFlagNames.Combine(service.SchedulerFlags.Select(f => f.Value)),
            OnePacket = service.OnePacket!.Value,
            Persistence = Persistence(service),
            Helper = service.Helper?.Value,
            SlowStart = service.SlowStart?.Value ?? TimeSpan.Zero,
            OnServerLoss = service.OnServerLoss!.Value == ServiceTable.Losses[0] ? ServerLoss.Keep : ServerLoss.Reset,
        };
    }

    public static CheckModel Check(ServiceConfig service)
    {
        CheckConfig check = service.Check!;
        return new CheckModel(Key(service), check.Type!.Value, check.Path?.Value ?? "/", check.Interval!.Value, check.Timeout!.Value);
    }

    private static ServiceKey Key(ServiceConfig service) => service.Listen?.Value is { } listen
        ? new ServiceKey(listen.Protocol, Ip.From(listen.Address), listen.Port)
        : ServiceKey.OfMark(service.Mark!.Value, service.IsV6);

    private static CorePersistence? Persistence(ServiceConfig service)
    {
        if (service.Persistence is not { } written)
        {
            return null;
        }

        ClientMask mask = written.Netmask?.Value ?? new ClientMask(service.IsV6 ? 128 : 32, false);
        return new CorePersistence(written.Timeout!.Value, mask.ToCore(service.IsV6), written.Engine?.Value);
    }

    private static RealServerConfig Server(ServerConfig server) =>
        new(Ip.From(server.Address!.Value.Address), (ushort)server.Address.Value.Port, server.Weight!.Value)
        {
            UpperThreshold = server.UpperThreshold!.Value,
            LowerThreshold = server.LowerThreshold!.Value,
        };
}
