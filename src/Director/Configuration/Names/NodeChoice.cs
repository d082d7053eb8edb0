namespace HaLvs.Director.Configuration.Names;

/// <summary>Which node of the file is this machine? --node, or else the host name, with or without its domain.</summary>
public static class NodeChoice
{
    /// <summary>The name as the file writes it; null when the file has no such node.</summary>
    /// <param name="asked">--node; null when not given.</param>
    /// <param name="hostName">Null: this machine's.</param>
    public static string? Of(DirectorModel model, string? asked, string? hostName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        string wanted = asked ?? hostName ?? Environment.MachineName;
        return Find(model, wanted) ?? (asked is null ? Find(model, wanted.Split('.')[0]) : null);
    }

    /// <summary>One line for the operator.</summary>
    public static string Unknown(DirectorModel model, string? asked)
    {
        ArgumentNullException.ThrowIfNull(model);
        string names = string.Join(", ", model.Nodes.Select(n => n.Name));
        return asked is null
            ? $"this machine is called \"{Environment.MachineName}\", which is no node of {model.SourcePath} ({names}); say which with --node"
            : $"--node \"{asked}\" is no node of {model.SourcePath}; it has {names}";
    }

    private static string? Find(DirectorModel model, string name) =>
        model.Nodes.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name;
}
