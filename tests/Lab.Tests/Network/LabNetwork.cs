using System.Globalization;
using HaLvs.Lab.Tests.Observations;

namespace HaLvs.Lab.Tests.Network;

/// <summary>deploy/lab from a test: its verbs, and what both directors say about themselves.</summary>
public static class LabNetwork
{
    public const string VirtualAddress = "192.0.2.100";
    public const string VirtualAddress6 = "2001:db8:0:1::100";
    public const string Folder = "/run/halvs-lab";

    public static readonly string[] Directors = ["director-a", "director-b"];

    public static readonly string[] Links = ["serial", "heartbeat", "external-a", "external-b", "internal-a", "internal-b", "bmc-a", "bmc-b"];

    private static readonly TimeSpan UpDeadline = TimeSpan.FromMinutes(6);

    private static readonly TimeSpan VerbDeadline = TimeSpan.FromSeconds(60);

    public static string Script { get; } = Path.Combine(RepositoryRoot(), "deploy", "lab");

    public static string Artifacts { get; } = Path.Combine(RepositoryRoot(), "artifacts");

    /// <param name="arguments">"--no-build" when the program is known to be there.</param>
    public static Task<CommandResult> UpAsync(params string[] arguments) => Command.RunAsync(Script, ["up", .. arguments], UpDeadline);

    public static Task<CommandResult> DownAsync() => Command.RunAsync(Script, ["down"], VerbDeadline);

    public static Task CutAsync(string host) => VerbAsync("cut", host);

    public static Task PowerOnAsync(string host) => VerbAsync("power-on", host);

    public static Task UnplugAsync(string link) => VerbAsync("unplug", link);

    public static Task PlugAsync(string link) => VerbAsync("plug", link);

    /// <summary>Runs a command inside a host.</summary>
    public static Task<CommandResult> InsideAsync(string host, TimeSpan deadline, params string[] command) =>
        Command.RunAsync(Script, ["sh", host, "--", .. command], deadline);

    /// <summary>The same, with the output of a success.</summary>
    public static async Task<string> OutputOfAsync(string host, TimeSpan deadline, params string[] command) =>
        (await InsideAsync(host, deadline, command)).OutputOrFail();

    /// <summary>A C program of deploy/lib.</summary>
    public static string Tool(string name) => Path.Combine(Artifacts, "lab", name);

    /// <summary>The client's address in the family of this one.</summary>
    public static string ClientOf(string address) => address.Contains(':', StringComparison.Ordinal) ? "2001:db8:0:1::10" : "192.0.2.10";

    /// <summary>The other director.</summary>
    public static string PeerOf(string director) => director == Directors[0] ? Directors[1] : Directors[0];

    /// <summary>"a" or "b", as in the names of links.</summary>
    public static string SideOf(string director) => director[^1..];

    /// <summary>Null when no director answers there.</summary>
    public static async Task<DirectorView?> ViewAsync(string director)
    {
        if (!File.Exists($"{Folder}/{director}/control.sock"))
        {
            return null;
        }

        var result = await InsideAsync(director, TimeSpan.FromSeconds(5), "halvs", "status", "--json");
        return result.ExitCode == 0 ? DirectorView.Parse(result.Output) : null;
    }

    /// <summary>The process of a host's director, as the lab started it.</summary>
    public static int ProcessIdOf(string director) =>
        int.Parse(File.ReadAllText($"{Folder}/{director}/director.pid"), CultureInfo.InvariantCulture);

    /// <summary>Plugs every link, powers both on, and returns the name of the serving director once the other is in sync.</summary>
    public static async Task<string> MakeReadyAsync()
    {
        foreach (var link in Links)
        {
            await PlugAsync(link);
        }

        (await UpAsync("--no-build")).OutputOrFail();
        foreach (var director in Directors)
        {
            if (await ViewAsync(director) is { Role: "active" })
            {
                return director;
            }
        }

        throw new InvalidOperationException("deploy/lab up came back although no director is active");
    }

    private static async Task VerbAsync(string verb, string argument) =>
        (await Command.RunAsync(Script, [verb, argument], VerbDeadline)).OutputOrFail();

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HaLvs.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no HaLvs.sln above {AppContext.BaseDirectory}");
    }
}
