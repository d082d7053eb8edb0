using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>An answer on its way back to the loop thread, which hands it to <see cref="FenceExecutor.Answered"/>.</summary>
public sealed record FenceExecutorInput(ulong Command, DeviceAnswer Answer);
