namespace HaLvs.Director.Runtime;

/// <summary>What came of a transaction.</summary>
/// <param name="Outcomes">One for each change.</param>
/// <param name="Warning">Null, or what the operator should know although all is done: the standby has not confirmed it.</param>
public sealed record ChangeReport(IReadOnlyList<ChangeOutcome> Outcomes, string? Warning);
