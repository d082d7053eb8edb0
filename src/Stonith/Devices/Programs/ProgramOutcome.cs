namespace HaLvs.Stonith.Devices.Programs;

/// <param name="ExitCode">Null: it did not end by itself; <paramref name="Trouble"/> says why.</param>
/// <param name="Output">Standard output, bounded.</param>
/// <param name="Errors">Standard error, bounded.</param>
internal sealed record ProgramOutcome(int? ExitCode, string Output, string Errors, string? Trouble)
{
    public static ProgramOutcome NotRun(string trouble) => new(null, "", "", trouble);

    /// <summary>The last thing the program said, standard error first: its reason, where it gave one.</summary>
    public string LastWords => LastLine(Errors) ?? LastLine(Output) ?? "said nothing";

    private static string? LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}
