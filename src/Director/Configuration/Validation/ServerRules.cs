using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Real servers are machines of their own behind the gateway, once in each service.</summary>
internal static class ServerRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (ServiceConfig service in config.Services)
        {
            if (service.Servers.Count == 0)
            {
                issues.Warning(service.At, "service.server", "the service has no real server and answers nobody; add [[service.server]] with address = \"10.0.0.3:80\"");
            }

            var seen = new Dictionary<IPEndPoint, int>();
            foreach (Setting<IPEndPoint> address in service.Servers.Select(s => s.Address).OfType<Setting<IPEndPoint>>())
            {
                if (!seen.TryAdd(address.Value, address.At.Line))
                {
                    issues.Error(address.At, "service.server.address", $"{address.Value} is a server of this service already (line {seen[address.Value]}); give one a higher weight instead");
                }

                CheckPlace(address, config.Network, issues);
            }
        }
    }

    private static void CheckPlace(Setting<IPEndPoint> server, NetworkConfig network, IssueList issues)
    {
        IPAddress address = server.Value.Address;
        if (network.VirtualAddresses.Any(v => v.Value.Equals(address)))
        {
            issues.Error(server.At, "service.server.address", $"{address} is a virtual address: packets would run in a circle; write the real server's own address");
        }
        else if (network.Gateway is not { Value: var gateway })
        {
            return;
        }
        else if (gateway.Address.Equals(address))
        {
            issues.Error(server.At, "service.server.address", $"{address} is the gateway, which is on the director itself; write the real server's own address");
        }
        else if (!gateway.Contains(address))
        {
            issues.Warning(server.At, "service.server.address", $"{address} is outside the inside network {gateway}: its answers must still come back through the gateway, or connections hang");
        }
    }
}
