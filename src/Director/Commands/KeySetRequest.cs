using HaLvs.Director.Configuration.Names;

namespace HaLvs.Director.Commands;

/// <summary>What the operator asked halvs keygen for.</summary>
internal sealed record KeySetRequest(string Directory, string Cluster, IReadOnlyList<string> Nodes, bool Force)
{
    private const string AuthorityName = "ca";

    /// <summary>Null when it can be carried out; otherwise what is wrong with the command line.</summary>
    public string? Complaint()
    {
        if (NameRule.Complaint(Cluster) is { } clusterComplaint)
        {
            return $"--cluster \"{Cluster}\": {clusterComplaint}";
        }

        return Nodes.Select(NodeComplaint).FirstOrDefault(c => c is not null) ?? DoubleNode();
    }

    private static string? NodeComplaint(string node)
    {
        if (node.Equals(AuthorityName, StringComparison.OrdinalIgnoreCase))
        {
            return $"--node \"{node}\": this name is taken by the authority's own files; choose another node name";
        }

        return NameRule.Complaint(node) is { } complaint ? $"--node \"{node}\": {complaint}" : null;
    }

    private string? DoubleNode() =>
        Nodes.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? $"--node \"{twice.Key}\" is given twice; name each director once"
            : null;
}
