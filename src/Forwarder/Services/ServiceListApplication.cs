using System.Collections.Immutable;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// Makes the live services equal to a list, by the changes that an operator would make, in this order: services taken away, then for each service
/// its own settings, servers taken away, edited, added one by one. What does not differ is not touched.
/// </summary>
internal static class ServiceListApplication
{
    /// <exception cref="ArgumentException">The list contradicts itself or holds what cannot be; nothing was changed.</exception>
    public static void Apply(ImmutableArray<VirtualServiceConfig> configs, ServiceTable table)
    {
        ServiceListCheck.ThrowIfInvalid(configs);
        HashSet<ServiceKey> wanted = [.. configs.Select(c => c.Key)];
        foreach (ServiceKey gone in table.Services.Select(s => s.Key).Where(k => !wanted.Contains(k)).ToArray())
        {
            Require(table.Delete(gone));
        }

        foreach (VirtualServiceConfig config in configs)
        {
            ApplyService(config, table);
        }

        table.Order(configs.Select(c => c.Key));
    }

    private static void ApplyService(VirtualServiceConfig config, ServiceTable table)
    {
        VirtualService? service = table.Find(config.Key);
        if (service is null)
        {
            Require(table.Add(config));
            service = table.Find(config.Key)!;
        }
        else if (service.Config != (config with { Servers = [], Protocol = config.Key.Protocol, Address = config.Key.Address, Port = config.Key.Port }))
        {
            Require(table.Edit(config));
        }

        ApplyServers(service, config.Servers, table);
    }

    private static void ApplyServers(VirtualService service, ImmutableArray<RealServerConfig> configs, ServiceTable table)
    {
        ServiceKey key = service.Key;
        HashSet<ServerKey> kept = [.. configs.Select(s => new ServerKey(key, s.Address, s.Port))];
        foreach (ServerKey gone in service.Servers.Select(s => s.Key).Where(k => !kept.Contains(k)).Reverse().ToArray())
        {
            Require(table.DeleteServer(gone));
        }

        ILookup<bool, RealServerConfig> known = configs.ToLookup(c => Find(c) is not null);
        foreach (RealServerConfig config in known[true].Where(c => Find(c)!.Config != c))
        {
            Require(table.EditServer(key, config));
        }

        foreach (RealServerConfig config in known[false])
        {
            Require(table.AddServer(key, config));
        }

        RealServer? Find(RealServerConfig config) => table.Find(new ServerKey(key, config.Address, config.Port));
    }

    private static void Require(ServiceOutcome outcome)
    {
        if (outcome != ServiceOutcome.Done)
        {
            throw new InvalidOperationException($"A list of services that was found valid could not be applied: {outcome}.");
        }
    }
}
