using System.CommandLine;
using HaLvs.Director.Commands.Ipvsadm.Execution;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>
/// `halvs ipvsadm …`, and the program under the name ipvsadm. Its words are read as ipvsadm reads them, so they go past the parser of the other verbs;
/// the socket comes from the environment.
/// </summary>
internal static class IpvsadmCommand
{
    public const string Name = "ipvsadm";

    /// <summary>ipvsadm's own status when it finds no IPVS.</summary>
    private const int NoTable = 2;

    /// <summary>The place among the verbs: help shows it, <see cref="RunAsync"/> does the work.</summary>
    public static Command Create() => new(Name, "The service table with the command line of ipvsadm 1.31: halvs ipvsadm -L -n. A link named ipvsadm does the same.");

    /// <param name="words">What stands behind the name.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, CommandHost host, CancellationToken cancel)
    {
        using ControlClient client = new(host.SocketPath ?? ControlSocketPath.FromEnvironment());
        try
        {
            IpvsadmProgram program = new(new ControlServiceTable(client, OperatorName(), host.Error), SystemNames.OfThisMachine(), host.Input, host.Output, host.Error);
            return await program.RunAsync(words, cancel);
        }
        catch (ControlSocketException e)
        {
            await host.Error.WriteLineAsync($"Can't initialize ipvs: {e.Message}");
            return NoTable;
        }
    }

    /// <summary>The person, not the role that sudo lent him.</summary>
    public static string OperatorName() =>
        Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } person ? person : Environment.UserName;
}
