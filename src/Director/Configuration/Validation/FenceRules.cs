using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Every node of a pair can be switched off, or the operator has said that a person will do it; time-outs fit into each other.</summary>
internal static class FenceRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (NodeConfig node in config.Nodes)
        {
            foreach (FenceConfig device in node.Fence)
            {
                CheckTimes(device, issues);
            }

            if (config.IsPair)
            {
                CheckThere(node, issues);
            }
        }
    }

    private static void CheckThere(NodeConfig node, IssueList issues)
    {
        if (node.WithoutFence is { } without)
        {
            issues.Warning(without.At, "node.fence",
                $"{node.ShownName} cannot be fenced: when it falls silent, nothing is taken over until an operator runs halvs fence {node.ShownName} --confirm; add [[node.fence]]");
        }
        else if (!node.FenceGiven)
        {
            issues.Error(node.At, "node.fence",
                $"{node.ShownName} has no fence device; add [[node.fence]] with {string.Join(", ", FenceTable.Types)}, or fence = \"none\" if a person will confirm every takeover");
        }
        else if (node.Fence.Count > 0 && node.Fence.All(d => d.Type?.Value == "manual"))
        {
            issues.Warning(node.Fence[0].At, "node.fence",
                $"{node.ShownName} has only a manual fence: every takeover waits for halvs fence {node.ShownName} --confirm; add a power device at a lower level");
        }
    }

    private static void CheckTimes(FenceConfig device, IssueList issues)
    {
        if (device.Timeout is { } timeout && device.OffTimeout is { } off && off.Value < timeout.Value)
        {
            Report(issues, "off-timeout", off, "timeout", timeout, "one slow answer would use it up");
        }

        if (device.PollInterval is { } poll && device.OffTimeout is { } limit && poll.Value >= limit.Value)
        {
            Report(issues, "off-timeout", limit, "poll-interval", poll, "the power would never be read a second time");
        }
    }

    private static void Report(IssueList issues, string key, Setting<TimeSpan> value, string otherKey, Setting<TimeSpan> other, string consequence)
    {
        (string at, Setting<TimeSpan> place) = value.Given ? (key, value) : (otherKey, other);
        issues.Error(place.At, $"node.fence.{at}",
            $"{key} ({DurationText.Format(value.Value)}) is too short for {otherKey} ({DurationText.Format(other.Value)}): {consequence}; make {key} longer");
    }
}
