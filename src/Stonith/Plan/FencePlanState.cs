namespace HaLvs.Stonith.Plan;

/// <summary>Idle: never started. The last two end a run; Start begins another.</summary>
public enum FencePlanState { Idle, Running, BackingOff, Confirmed, Cancelled }
