namespace HaLvs.Stonith.Plan;

/// <summary>What a power device is asked to do. Off is hard: never a soft shutdown, never a cycle (off is proof, a cycle is not).</summary>
public enum DeviceAction { Off, On, Status }
