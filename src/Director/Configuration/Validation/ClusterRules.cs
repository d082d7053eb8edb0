using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>The preferred node exists.</summary>
internal static class ClusterRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        string[] names = [.. config.Nodes.Select(n => n.Name?.Value).OfType<string>()];
        if (config.Cluster.Prefer is not { } prefer || names.Contains(prefer.Value) || names.Length < config.Nodes.Count || names.Length == 0)
        {
            return;
        }

        issues.Error(prefer.At, "cluster.prefer",
            $"no node is named \"{prefer.Value}\"; {NearestName.Question(prefer.Value, names)}known: {string.Join(", ", names)}");
    }
}
