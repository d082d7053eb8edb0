using System.CommandLine;
using System.CommandLine.Invocation;

namespace HaLvs.Director.Commands;

/// <summary>`halvs --version`: the name too, as every program of the field prints it.</summary>
public sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"halvs {ThisProgram.Version}");
        return ExitCode.Done;
    }
}
