namespace HaLvs.Director.Commands;

/// <summary>DESIGN.md section 5: the same for every verb.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>One clear line stands on stderr.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was tried.</summary>
    public const int WrongUsage = 2;
}
