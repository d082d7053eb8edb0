namespace HaLvs.Director.Commands;

/// <summary>What an operator can put right himself: printed as one line on stderr, never with a stack trace.</summary>
public sealed class OperatorException : Exception
{
    /// <param name="exitCode"><see cref="ExitCode.Failed"/> or <see cref="ExitCode.WrongUsage"/>.</param>
    public OperatorException(string message, int exitCode = Commands.ExitCode.Failed) : base(message) => ExitCode = exitCode;

    public OperatorException(string message, Exception inner) : base(message, inner)
    {
    }

    public OperatorException()
    {
    }

    public int ExitCode { get; } = Commands.ExitCode.Failed;
}
