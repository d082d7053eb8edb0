namespace HaLvs.Stonith.Plan;

/// <param name="Detail">The device's own words where it had some; for operators. Never a secret.</param>
public sealed record DeviceAnswer(DeviceReply Reply, string Detail)
{
    public static DeviceAnswer Failed(string detail) => new(DeviceReply.Failed, detail);
}
