using System.Diagnostics;
using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Devices;

/// <summary>ipmitool against a real controller simulator over RMCP+.</summary>
public sealed class IpmiDeviceTests
{
    [Fact]
    public async Task Execute_OffStatusOn_SwitchesAndReadsTheRealState()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var device = new IpmiDevice(controller.Config());

        Assert.Equal(new DeviceAnswer(DeviceReply.On, "power is on"), await device.ExecuteAsync(DeviceAction.Status, default));
        Assert.Equal(new DeviceAnswer(DeviceReply.Done, "power off accepted"), await device.ExecuteAsync(DeviceAction.Off, default));
        Assert.False(controller.IsOn);
        Assert.Equal(new DeviceAnswer(DeviceReply.Off, "power is off"), await device.ExecuteAsync(DeviceAction.Status, default));
        Assert.Equal(DeviceReply.Done, (await device.ExecuteAsync(DeviceAction.On, default)).Reply);
        Assert.True(controller.IsOn);
    }

    [Fact]
    public async Task Test_GoodCredentials_ProvesThemWithoutHarm()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var answer = await new IpmiDevice(controller.Config()).TestAsync(default);
        Assert.Equal(new DeviceAnswer(DeviceReply.Done, "reachable, credentials accepted, power is on"), answer);
        Assert.True(controller.IsOn);
    }

    [Fact]
    public async Task Execute_WrongPassword_FailsInTheControllersWords()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var answer = await new IpmiDevice(controller.Config("wrong")).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceReply.Failed, answer.Reply);
        Assert.Contains("Unable to establish IPMI v2 / RMCP+ session", answer.Detail, StringComparison.Ordinal);
        Assert.True(controller.IsOn);
    }

    [Fact]
    public async Task Execute_ControllerDead_FailsByItselfWithinTheCommandTimeout()
    {
        using var folder = new ScratchFolder();
        var config = new FenceDeviceConfig
        {
            Target = "director-a",
            Type = "ipmi",
            Address = "127.0.0.1",
            Port = IpmiSimulator.FreeUdpPort(),
            User = "admin",
            PasswordFile = folder.File("password", "secret"),
        };
        var clock = Stopwatch.StartNew();
        var answer = await new IpmiDevice(config).ExecuteAsync(DeviceAction.Status, default);
        Assert.Equal(DeviceReply.Failed, answer.Reply);
        Assert.Contains("ipmitool exit 1", answer.Detail, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, config.CommandTimeout);
    }

    [Fact]
    public async Task Execute_Cancelled_LeavesNoProcessAndAnswersAtOnce()
    {
        using var controller = await IpmiSimulator.StartAsync("sleep 20");
        using var cancel = new CancellationTokenSource();
        var off = new IpmiDevice(controller.Config()).ExecuteAsync(DeviceAction.Off, cancel.Token);
        var mine = $"-p {controller.Port} ";
        await Eventually.TrueAsync(() => ProcessTable.Shows(mine), "ipmitool runs");

        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        var answer = await off;
        Assert.Equal(DeviceReply.Failed, answer.Reply);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.False(ProcessTable.Shows(mine));
    }

    [Fact]
    public async Task Execute_WhileItRuns_NoCommandLineShowsThePassword()
    {
        using var controller = await IpmiSimulator.StartAsync("sleep 1");
        var off = new IpmiDevice(controller.Config()).ExecuteAsync(DeviceAction.Off, default);
        var looks = 0;
        while (!off.IsCompleted)
        {
            var mine = ProcessTable.Snapshot().Where(p => p.CommandLine.Contains($"-p {controller.Port} ", StringComparison.Ordinal)).ToList();
            looks += mine.Count;
            Assert.DoesNotContain(mine, process => process.CommandLine.Contains(IpmiSimulator.Password, StringComparison.Ordinal));
            await Task.Delay(20);
        }
        Assert.True(looks > 0, "ipmitool was never seen running");
    }

    [Theory]
    [InlineData("secret", UnixFileMode.UserRead | UnixFileMode.GroupRead, "is open to group or others (mode 440): chmod 600")]
    [InlineData("", UnixFileMode.UserRead, "is empty")]
    [InlineData("123456789012345678901", UnixFileMode.UserRead, "at most 20 bytes")]
    public async Task Execute_BadPasswordFile_SaysWhatIsWrongAndAsksNothing(string text, UnixFileMode mode, string expected)
    {
        using var folder = new ScratchFolder();
        var config = new FenceDeviceConfig
        {
            Target = "director-a",
            Type = "ipmi",
            Address = "127.0.0.1",
            User = "admin",
            PasswordFile = folder.File("password", text, mode),
        };
        var answer = await new IpmiDevice(config).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceReply.Failed, answer.Reply);
        Assert.Contains(expected, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_PasswordFileAbsent_SaysSo()
    {
        var config = new FenceDeviceConfig { Target = "a", Type = "ipmi", Address = "127.0.0.1", User = "admin", PasswordFile = "/nonexistent/password" };
        var answer = await new IpmiDevice(config).ExecuteAsync(DeviceAction.Off, default);
        Assert.Contains("password file /nonexistent/password can not be read", answer.Detail, StringComparison.Ordinal);
    }
}
