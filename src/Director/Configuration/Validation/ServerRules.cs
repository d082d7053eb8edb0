using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Real servers are machines of their own behind the gateway, of the service's family, once in each service.</summary>
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

            CheckAddresses(service, config.Network, issues);
            foreach (ServerConfig server in service.Servers)
            {
                CheckThresholds(server, issues);
            }
        }
    }

    private static void CheckAddresses(ServiceConfig service, NetworkConfig network, IssueList issues)
    {
        var seen = new Dictionary<IPEndPoint, int>();
        foreach (Setting<IPEndPoint> address in service.Servers.Select(s => s.Address).OfType<Setting<IPEndPoint>>())
        {
            if (!seen.TryAdd(address.Value, address.At.Line))
            {
                issues.Error(address.At, "service.server.address",
                    $"{AddressText.Format(address.Value)} is a server of this service already (line {seen[address.Value]}); give one a higher weight instead");
            }

            CheckFamily(service, address, issues);
            CheckPlace(address, network, issues);
        }
    }

    private static void CheckFamily(ServiceConfig service, Setting<IPEndPoint> server, IssueList issues)
    {
        if ((server.Value.AddressFamily == AddressFamily.InterNetworkV6) != service.IsV6)
        {
            (string own, string other) = service.IsV6 ? ("IPv4", "IPv6") : ("IPv6", "IPv4");
            issues.Error(server.At, "service.server.address", $"{server.Value.Address} is {own} and the service is {other}; addresses are translated within one family only");
        }
        else if (service.Listen is { Value.Port: 0 } && server.Value.Port != 0)
        {
            issues.Error(server.At, "service.server.address",
                $"has port {server.Value.Port}, but the service listens on every port and keeps it; write \"{server.Value.Address}\"");
        }
    }

    private static void CheckPlace(Setting<IPEndPoint> server, NetworkConfig network, IssueList issues)
    {
        IPAddress address = server.Value.Address;
        if (network.VirtualAddresses.Any(v => v.Value.Equals(address)))
        {
            issues.Error(server.At, "service.server.address", $"{address} is a virtual address: packets would run in a circle; write the real server's own address");
        }
        else if ((address.AddressFamily == AddressFamily.InterNetworkV6 ? network.Gateway6 : network.Gateway) is not { Value: var gateway })
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

    /// <summary>ERANGE of the kernel (ip_vs_add_dest).</summary>
    private static void CheckThresholds(ServerConfig server, IssueList issues)
    {
        if (server is { UpperThreshold: { } upper, LowerThreshold: { } lower } && lower.Value > upper.Value)
        {
            issues.Error(lower.At, "service.server.lower-threshold",
                $"lower-threshold ({lower.Value}) is above upper-threshold ({upper.Value}): a full server would never take connections again; lower it");
        }
    }
}
