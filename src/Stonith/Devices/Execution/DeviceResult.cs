using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>What one device of one level (from 1) answered to a question outside of a fence.</summary>
public sealed record DeviceResult(int Level, string Device, DeviceAnswer Answer);
