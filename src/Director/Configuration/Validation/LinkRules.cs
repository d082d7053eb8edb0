using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Links of a pair: enough of them, none twice, and the same kind at the same position on both nodes.</summary>
internal static class LinkRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (NodeConfig node in config.Nodes)
        {
            CheckTwice(node, issues);
        }

        if (config.IsPair)
        {
            CheckEnough(config.Nodes, issues);
            CheckPairs(config.Nodes[0], config.Nodes[1], issues);
        }
    }

    private static void CheckTwice(NodeConfig node, IssueList issues)
    {
        var seen = new Dictionary<object, int>();
        foreach (Setting<LinkModel> link in node.Links)
        {
            object end = link.Value is LinkModel.Udp udp ? udp.Local : ((LinkModel.Serial)link.Value).Device;
            if (!seen.TryAdd(end, link.At.Line))
            {
                issues.Error(link.At, "node.links", $"{end} is used by two links of this node (first on line {seen[end]}); each needs its own");
            }
        }
    }

    private static void CheckEnough(IReadOnlyList<NodeConfig> nodes, IssueList issues)
    {
        foreach (NodeConfig node in nodes)
        {
            if (!node.LinksGiven)
            {
                issues.Error(node.At, "node.links", "a pair needs at least one heartbeat link; add links = [\"udp:ADDRESS:PORT\", \"serial:DEVICE:BAUD\"]");
            }
            else if (node.Links.Count == 1)
            {
                issues.Warning(node.Links[0].At, "node.links", "is the only heartbeat link: one bad cable looks like a dead node; add a second one on another path");
            }
        }
    }

    private static void CheckPairs(NodeConfig first, NodeConfig second, IssueList issues)
    {
        if (first.LinksGiven && second.LinksGiven && first.Links.Count != second.Links.Count)
        {
            issues.Error(second.At, "node.links",
                $"node {second.ShownName} has {second.Links.Count} links and {first.ShownName} has {first.Links.Count}; links pair up by position, so both need the same number");
            return;
        }

        foreach ((Setting<LinkModel> left, Setting<LinkModel> right) in first.Links.Zip(second.Links))
        {
            if (Mismatch(left.Value, right.Value) is { } complaint)
            {
                issues.Error(right.At, "node.links", $"{complaint} ({left.Value.Text} on line {left.At.Line}); links pair up by position");
            }
        }
    }

    private static string? Mismatch(LinkModel left, LinkModel right) => (left, right) switch
    {
        (LinkModel.Udp a, LinkModel.Udp b) when a.Local.Equals(b.Local) || SameMachine(a.Local, b.Local) =>
            $"{b.Text} is the other node's address; write this node's own",
        (LinkModel.Serial a, LinkModel.Serial b) when a.Baud != b.Baud => $"{b.Text} and its partner have different rates; write the same",
        (LinkModel.Udp, LinkModel.Udp) or (LinkModel.Serial, LinkModel.Serial) => null,
        _ => $"{right.Text} and its partner on the other node are of different kinds; put them in the same order",
    };

    /// <summary>On loopback two directors of a trial share the address and differ by port.</summary>
    private static bool SameMachine(IPEndPoint left, IPEndPoint right) => left.Address.Equals(right.Address) && !IPAddress.IsLoopback(left.Address);
}
