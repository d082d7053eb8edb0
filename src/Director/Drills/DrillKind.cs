namespace HaLvs.Director.Drills;

/// <summary>What a drill does to the serving node.</summary>
public enum DrillKind
{
    /// <summary>A planned handover. Started on the standby when it shall carry traffic.</summary>
    Switchover,

    /// <summary>SIGKILL of the serving director's process. Started on the serving node, which its peer then fences.</summary>
    ProcessKill,

    /// <summary>The serving node's power is cut through its fence devices. Started on the standby.</summary>
    PowerCut,
}

/// <summary>The words of the command line.</summary>
public static class DrillKinds
{
    public static readonly IReadOnlyList<(string Word, DrillKind Kind)> All =
        [("switchover", DrillKind.Switchover), ("process-kill", DrillKind.ProcessKill), ("power-cut", DrillKind.PowerCut)];

    public static string Word(this DrillKind kind) => All.First(k => k.Kind == kind).Word;
}
