namespace HaLvs.Director.Runtime;

/// <summary>What a reload does with run-time changes that the file does not have; values as in control.proto.</summary>
public enum DriftChoice
{
    /// <summary>With such changes nothing is reloaded.</summary>
    Refuse = 0,

    /// <summary>The file is applied, but for what was changed at run time.</summary>
    KeepRuntime = 1,

    /// <summary>The file is applied whole; run-time changes are gone.</summary>
    UseFile = 2,
}
