namespace HaLvs.Lab.Tests.Network;

public sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The output, or a failed test with everything the command said.</summary>
    public string OutputOrFail() =>
        ExitCode == 0 ? Output : throw new InvalidOperationException($"{Command} exited with {ExitCode}: {Error.Trim()} {Output.Trim()}");
}
