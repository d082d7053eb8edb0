namespace HaLvs.Director.Commands;

/// <summary>What the verbs need from around them; tests bring their own.</summary>
public sealed record CommandHost
{
    /// <summary>The body of `halvs run`; completes with the exit code when the director has ended in order.</summary>
    public Func<RunOptions, CancellationToken, Task<int>> Run { get; init; } =
        (_, _) => throw new OperatorException("this build of halvs has no director inside; use the packaged program");

    /// <summary>Drills may make their traffic in this process: only where no director is near (tests).</summary>
    public bool DrillTrafficFromHere { get; init; }

    /// <summary>Control socket of verbs that have no --socket (ipvsadm); null: from the environment.</summary>
    public string? SocketPath { get; init; }

    public TextReader Input { get; init; } = Console.In;

    /// <summary>Somebody sits there and can be asked.</summary>
    public bool Interactive { get; init; } = !Console.IsInputRedirected && !Console.IsErrorRedirected;

    public TextWriter Output { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;
}
