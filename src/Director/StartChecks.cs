using HaLvs.Director.Commands;
using HaLvs.Director.Configuration;

namespace HaLvs.Director;

/// <summary>What must be right before the first socket opens.</summary>
internal static class StartChecks
{
    /// <summary>The validated model, secret files checked; every error of the file in one exception.</summary>
    public static DirectorModel LoadModel(RunOptions options)
    {
        var loaded = ConfigurationReader.Load(options.ConfigurationPath);
        if (loaded.Model is not { } model)
            throw new DirectorStartException($"the configuration has errors:\n{loaded.ErrorText}");
        if (model.Nodes.All(n => n.Name != options.Node))
            throw new DirectorStartException(
                $"{options.ConfigurationPath} has no [[node]] named \"{options.Node}\"; it has {string.Join(", ", model.Nodes.Select(n => n.Name))}: give --node NAME");
        var wrong = FileChecks.Run(model, options.Node).Where(i => i.IsError).Select(i => i.Text).ToArray();
        return wrong.Length == 0 ? model : throw new DirectorStartException(string.Join('\n', wrong));
    }
}
