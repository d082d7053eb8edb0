namespace HaLvs.Stonith.Plan;

/// <summary>What a device said. Status answers On or Off; Off and On answer Done (believed only after a status). Everything else is Failed (I3).</summary>
public enum DeviceReply { Done, On, Off, Failed }
