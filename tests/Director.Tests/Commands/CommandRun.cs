using HaLvs.Director.Commands;

namespace HaLvs.Director.Tests.Commands;

/// <summary>One command line, in this process, with everything it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(IReadOnlyList<string> args, CommandHost? host = null, CancellationToken cancel = default)
    {
        // Progress comes from other threads than the outcome.
        using StringWriter output = new();
        using StringWriter error = new();
        CommandHost captured = (host ?? new CommandHost { Interactive = false, Input = TextReader.Null, DrillTrafficFromHere = true }) with
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
        };
        int exit = await CommandLine.RunAsync(args, captured, cancel);
        return new CommandRun(exit, output.ToString(), error.ToString());
    }
}
