namespace HaLvs.Lab.Tests;

/// <summary>A test in the real lab (deploy/lab). It runs wherever it can: without root there are no network namespaces, and the skip says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = Privilege.ReasonToSkip;
}

/// <summary>The same for a table of cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = Privilege.ReasonToSkip;
}
