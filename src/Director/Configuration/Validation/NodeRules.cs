using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>One or two nodes, told apart by name, each with its sync address in a pair.</summary>
internal static class NodeRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (NodeConfig node in config.Nodes.Skip(2))
        {
            issues.Error(node.At, "node", $"is node number {config.Nodes.ToList().IndexOf(node) + 1}; a cluster has one or two, take this one away");
        }

        CheckNames(config.Nodes, issues);
        if (config.IsPair)
        {
            CheckSync(config.Nodes, issues);
        }
        else if (config.Nodes is [{ SyncGiven: true } or { LinksGiven: true } or { FenceGiven: true }])
        {
            issues.Warning(config.Nodes[0].At, "node", "is the only node: its sync, links and fence are not used; add the [[node]] of its peer, or take them away");
        }
    }

    private static void CheckNames(IReadOnlyList<NodeConfig> nodes, IssueList issues)
    {
        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (Setting<string> name in nodes.Select(n => n.Name).OfType<Setting<string>>())
        {
            if (name.Value.Equals("ca", StringComparison.OrdinalIgnoreCase))
            {
                issues.Error(name.At, "node.name", "\"ca\" names the files of the certificate authority; choose another name");
            }

            if (!seen.TryAdd(name.Value, name.At.Line))
            {
                issues.Error(name.At, "node.name", $"\"{name.Value}\" is the name of the node on line {seen[name.Value]} too; names differ, also without regard to case");
            }
        }
    }

    private static void CheckSync(IReadOnlyList<NodeConfig> nodes, IssueList issues)
    {
        foreach (NodeConfig node in nodes.Where(n => !n.SyncGiven))
        {
            issues.Error(node.At, "node.sync", "is missing in a pair; add sync = \"ADDRESS:PORT\", like sync = \"10.0.0.251:6940\"");
        }

        if (nodes[0].Sync is { } first && nodes[1].Sync is { } second && first.Value.Address.Equals(second.Value.Address)
            && (!IPAddress.IsLoopback(first.Value.Address) || first.Value.Port == second.Value.Port))
        {
            issues.Error(second.At, "node.sync", $"{second.Value.Address} is the sync address of the other node too (line {first.At.Line}); write each node's own address");
        }
    }
}
