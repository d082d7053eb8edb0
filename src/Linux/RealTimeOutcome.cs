namespace HaLvs.Linux;

/// <summary>Whether the kernel permitted it, and one sentence for the operator.</summary>
public readonly record struct RealTimeOutcome(bool Permitted, string Detail);
