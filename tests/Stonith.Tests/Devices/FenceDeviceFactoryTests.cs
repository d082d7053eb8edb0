using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Devices;

public sealed class FenceDeviceFactoryTests
{
    [Theory]
    [InlineData("ipmi", "ipmi 192.0.2.9")]
    [InlineData("agent", "agent fence_apc_snmp 192.0.2.9 plug 3")]
    [InlineData("manual", "manual")]
    public void Create_KnownType_NamesTheDevice(string type, string name) =>
        Assert.Equal(name, FenceDeviceFactory.Create(Entry(type)).Name);

    [Fact]
    public void Create_UnknownType_SaysWhichAreKnown()
    {
        var error = Assert.Throws<ArgumentException>(() => FenceDeviceFactory.Create(Entry("impi")));
        Assert.Equal("fence device of director-a: unknown type \"impi\"; known are ipmi, agent, manual", error.Message);
    }

    [Fact]
    public void Create_IpmiWithoutPasswordFile_NamesTheKey()
    {
        var error = Assert.Throws<ArgumentException>(() => FenceDeviceFactory.Create(Entry("ipmi") with { PasswordFile = null }));
        Assert.Equal("ipmi fence device of director-a: password-file is missing", error.Message);
    }

    [Fact]
    public async Task Manual_EveryAction_FailsWithWhatTheOperatorHasToDo()
    {
        var device = FenceDeviceFactory.Create(Entry("manual"));
        foreach (var action in Enum.GetValues<DeviceAction>())
        {
            var answer = await device.ExecuteAsync(action, default);
            Assert.Equal(DeviceReply.Failed, answer.Reply);
            Assert.Contains("halvs fence director-a --confirm", answer.Detail, StringComparison.Ordinal);
        }
    }

    private static FenceDeviceConfig Entry(string type) => new()
    {
        Target = "director-a",
        Type = type,
        Address = "192.0.2.9",
        User = "admin",
        PasswordFile = "/etc/halvs/password",
        Program = "fence_apc_snmp",
        Options = new Dictionary<string, string> { ["plug"] = "3" },
    };
}
