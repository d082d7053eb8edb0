using System.CommandLine;
using HaLvs.Director.Configuration;

namespace HaLvs.Director.Commands;

/// <summary>halvs keygen: the cluster key and the certificates of a pair.</summary>
public static class KeygenCommand
{
    public static Command Create()
    {
        var directory = new Option<string>("--directory") { Description = "Folder to write to", DefaultValueFactory = _ => "/etc/halvs" };
        var cluster = new Option<string>("--cluster") { Description = "Name of the cluster, as in [cluster] name", Required = true };
        var nodes = new Option<string[]>("--node") { Description = "Name of a director, as in [[node]] name; once per director", Required = true };
        var force = new Option<bool>("--force") { Description = "Replace existing files; a running pair needs the new ones on both nodes" };
        var command = new Command("keygen", "Make the cluster key and the certificates of the directors") { directory, cluster, nodes, force };
        command.SetAction(parsed => Run(
            new KeySetRequest(
                parsed.GetValue(directory)!, parsed.GetValue(cluster)!, parsed.GetValue(nodes) ?? [], parsed.GetValue(force)),
            TimeProvider.System,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>0 done, 1 failed with one line on <paramref name="error"/>, 2 wrong usage.</summary>
    internal static int Run(KeySetRequest request, TimeProvider clock, TextWriter output, TextWriter error)
    {
        if (request.Complaint() is { } complaint)
        {
            error.WriteLine($"halvs keygen: {complaint}");
            return 2;
        }

        try
        {
            KeySet.Write(request, clock.GetUtcNow());
            output.Write(KeySetAdvice.For(request));
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"halvs keygen: {exception.Message}");
            return 1;
        }
    }
}
