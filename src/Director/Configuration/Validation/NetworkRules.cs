using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Two different interfaces; virtual addresses that are there, once, and apart from the inside.</summary>
internal static class NetworkRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        NetworkConfig network = config.Network;
        if (network.External is { } external && network.Internal is { } inside && external.Value == inside.Value)
        {
            issues.Error(inside.At, "network.internal",
                $"is \"{inside.Value}\", the external interface too; network address translation needs two: one to the clients, one to the real servers");
        }

        if (network.NoVirtualAddress is { } empty)
        {
            issues.Error(empty, "network.virtual-addresses", "is empty; write at least one, like [\"192.0.2.100/32\"]");
        }

        CheckAddresses(network, issues);
        CheckFamilies(network, issues);
    }

    private static void CheckFamilies(NetworkConfig network, IssueList issues)
    {
        Setting<IPAddress>? first = network.VirtualAddresses.FirstOrDefault(v => v.Value.AddressFamily == AddressFamily.InterNetworkV6);
        if (first is not null && !network.Gateway6Given)
        {
            issues.Error(first.At, "network.gateway6", $"is missing, and {first.Value} is IPv6: its real servers need a default route; add gateway6 = \"fd00:10::1/64\"");
        }
        else if (first is null && network.Gateway6 is { } gateway)
        {
            issues.Warning(gateway.At, "network.gateway6", "serves no virtual address; add an IPv6 one to network.virtual-addresses, or take it away");
        }
    }

    private static void CheckAddresses(NetworkConfig network, IssueList issues)
    {
        var seen = new Dictionary<IPAddress, int>();
        foreach (Setting<IPAddress> address in network.VirtualAddresses)
        {
            if (!seen.TryAdd(address.Value, address.At.Line))
            {
                issues.Error(address.At, "network.virtual-addresses", $"{address.Value} stands twice, first on line {seen[address.Value]}; keep one");
            }

            foreach (Setting<AddressWithPrefix>? gateway in new[] { network.Gateway, network.Gateway6 })
            {
                if (gateway is not null)
                {
                    CheckInside(address, gateway.Value, issues);
                }
            }
        }
    }

    private static void CheckInside(Setting<IPAddress> address, AddressWithPrefix gateway, IssueList issues)
    {
        if (address.Value.Equals(gateway.Address))
        {
            issues.Error(address.At, "network.virtual-addresses", $"{address.Value} is the gateway too; clients and real servers need different addresses");
        }
        else if (gateway.Contains(address.Value))
        {
            issues.Warning(address.At, "network.virtual-addresses",
                $"{address.Value} lies in the inside network {gateway}: real servers would answer its neighbours directly; put virtual addresses outside");
        }
    }
}
