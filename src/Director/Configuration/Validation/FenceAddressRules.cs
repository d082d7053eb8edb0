using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>A power controller must be another machine than the one that it switches, and not the controller of both nodes.</summary>
internal static class FenceAddressRules
{
    private static readonly string[] AddressOptions = ["ip", "ipaddr"];

    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (NodeConfig node in config.Nodes)
        {
            foreach (FenceConfig device in node.Fence)
            {
                CheckOwn(config, node, device, issues);
                CheckName(device, issues);
            }
        }

        CheckShared(config.Nodes, issues);
    }

    private static void CheckOwn(DirectorConfig config, NodeConfig node, FenceConfig device, IssueList issues)
    {
        string[] own = [.. OwnAddresses(node), .. config.Network.Gateway is { } gateway ? [gateway.Value.Address.ToString()] : Array.Empty<string>()];
        foreach ((string key, Setting<string> address) in AddressesOf(device).Where(a => own.Contains(a.Address.Value)))
        {
            issues.Warning(address.At, key,
                $"{address.Value} is an address of {node.ShownName} itself: without power it does not answer, and its death cannot be proven; write the power controller's address");
        }
    }

    private static void CheckName(FenceConfig device, IssueList issues)
    {
        if (device.Address is { } address && Values.Ipv4Text.Bytes(address.Value) is null)
        {
            issues.Warning(address.At, "node.fence.address", $"\"{address.Value}\" needs a name server at the worst moment; write the IPv4 address");
        }
    }

    private static void CheckShared(IReadOnlyList<NodeConfig> nodes, IssueList issues)
    {
        var seen = new Dictionary<(string Address, int Port), (NodeConfig Node, Setting<string> At)>();
        foreach (NodeConfig node in nodes)
        {
            foreach (FenceConfig device in node.Fence.Where(d => d.Type?.Value == "ipmi" && d.Address is not null && d.Port is not null))
            {
                (string, int) key = (device.Address!.Value, device.Port!.Value);
                if (!seen.TryAdd(key, (node, device.Address)) && seen[key].Node != node)
                {
                    issues.Error(device.Address.At, "node.fence.address",
                        $"{device.Address.Value} is the controller of {seen[key].Node.ShownName} too (line {seen[key].At.At.Line}): fencing one would switch off the other; write each node's own");
                }
            }
        }
    }

    private static IEnumerable<(string Key, Setting<string> Address)> AddressesOf(FenceConfig device)
    {
        if (device.Address is { } address)
        {
            yield return ("node.fence.address", address);
        }

        foreach ((string name, Setting<string> value) in device.Options.Where(o => AddressOptions.Contains(o.Name)))
        {
            yield return ($"node.fence.options.{name}", value);
        }
    }

    private static IEnumerable<string> OwnAddresses(NodeConfig node)
    {
        IEnumerable<System.Net.IPAddress> links = node.Links.Select(l => l.Value).OfType<LinkModel.Udp>().Select(u => u.Local.Address);
        IEnumerable<System.Net.IPAddress> all = node.Sync is { } sync ? links.Append(sync.Value.Address) : links;
        return all.Where(a => !System.Net.IPAddress.IsLoopback(a)).Select(a => a.ToString());
    }
}
