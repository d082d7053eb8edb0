namespace HaLvs.Stonith.Plan;

/// <param name="FailedPasses">Passes through all levels that failed since Start.</param>
/// <param name="LastDetail">The last thing worth telling an operator.</param>
/// <param name="NextAttempt">While backing off: the moment of the next pass, on the clock that the plan is driven with.</param>
public sealed record FencePlanStatus(FencePlanState State, int FailedPasses, string LastDetail, TimeSpan? NextAttempt);
