namespace HaLvs.Stonith.Devices;

public static class FenceDeviceFactory
{
    /// <summary>Throws ArgumentException, with target and key, for an entry that no device can be made of. Contacts nothing.</summary>
    public static IFenceDevice Create(FenceDeviceConfig config) => config.Type switch
    {
        "ipmi" => new IpmiDevice(config),
        "agent" => new AgentDevice(config),
        "manual" => new ManualDevice(config.Target),
        _ => throw new ArgumentException($"fence device of {config.Target}: unknown type \"{config.Type}\"; known are ipmi, agent, manual"),
    };
}
