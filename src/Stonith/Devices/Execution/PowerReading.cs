namespace HaLvs.Stonith.Devices.Execution;

/// <param name="On">True on, false off, null unknown: the shape of NodeInput.PowerRead.</param>
/// <param name="Detail">Every device's answer, for operators.</param>
public sealed record PowerReading(bool? On, string Detail);
