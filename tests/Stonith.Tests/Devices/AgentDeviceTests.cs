using System.Diagnostics;
using HaLvs.Stonith.Devices;
using HaLvs.Stonith.Plan;

namespace HaLvs.Stonith.Tests.Devices;

/// <summary>Real fence agents of the distribution, and small scripts where an agent has to misbehave.</summary>
public sealed class AgentDeviceTests
{
    [Fact]
    public async Task FenceDummy_File_SwitchesAndReadsBack()
    {
        using var folder = new ScratchFolder();
        var file = folder.File("power", "on");
        var device = new AgentDevice(Agent("fence_dummy", ("type", "file"), ("status-file", file)));

        Assert.Equal(DeviceReply.On, (await device.ExecuteAsync(DeviceAction.Status, default)).Reply);
        Assert.Equal(DeviceReply.Done, (await device.ExecuteAsync(DeviceAction.Off, default)).Reply);
        Assert.Equal("off", await File.ReadAllTextAsync(file));
        Assert.Equal(DeviceReply.Off, (await device.ExecuteAsync(DeviceAction.Status, default)).Reply);
        Assert.Equal(DeviceReply.Done, (await device.TestAsync(default)).Reply);
        Assert.Equal(DeviceReply.Done, (await device.ExecuteAsync(DeviceAction.On, default)).Reply);
        Assert.Equal("on", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task FenceDummy_Fail_NeverReadsOff()
    {
        var device = new AgentDevice(Agent("fence_dummy", ("type", "fail"), ("plug", "1"), ("power_timeout", "1")));
        var off = await device.ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceReply.Failed, off.Reply);
        Assert.NotEqual(DeviceReply.Off, (await device.ExecuteAsync(DeviceAction.Status, default)).Reply);
    }

    [Fact]
    public async Task FenceIpmilan_RealController_SwitchesAndReadsBack()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var device = new AgentDevice(Ipmilan(controller, IpmiSimulator.Password));
        Assert.Equal(DeviceReply.On, (await device.ExecuteAsync(DeviceAction.Status, default)).Reply);
        var off = await device.ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(new DeviceAnswer(DeviceReply.Done, "power off: the agent reports success"), off);
        Assert.False(controller.IsOn);
        Assert.Equal(DeviceReply.Off, (await device.ExecuteAsync(DeviceAction.Status, default)).Reply);
    }

    [Fact]
    public async Task FenceIpmilan_WrongPassword_FailsAndLeavesThePowerOn()
    {
        using var controller = await IpmiSimulator.StartAsync();
        var device = new AgentDevice(Ipmilan(controller, "wrong"));
        var test = await device.TestAsync(default);
        Assert.Equal(DeviceReply.Failed, test.Reply);
        Assert.Contains("power status: agent exit 1: ", test.Detail, StringComparison.Ordinal);
        Assert.True(controller.IsOn);
    }

    [Fact]
    public async Task Execute_Options_ArriveOnStandardInputWithTheActionLastAndNothingOnTheCommandLine()
    {
        using var folder = new ScratchFolder();
        var seen = Path.Combine(folder.Path, "seen");
        var script = folder.Script("agent", $"cat > {seen}; echo \"args: $*\" >> {seen}\n");
        var config = Agent(script, ("power-wait", "2"), ("plug", "a=b")) with
        {
            Address = "192.0.2.9",
            User = "operator",
            PasswordFile = folder.File("password", "se cret=1\n"),
        };
        await new AgentDevice(config).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal("ip=192.0.2.9\nusername=operator\npower_wait=2\nplug=a=b\npassword=se cret=1\naction=off\nargs: \n", await File.ReadAllTextAsync(seen));
    }

    [Fact]
    public async Task Execute_AgentPrintsThePassword_DetailDoesNot()
    {
        using var folder = new ScratchFolder();
        var config = Agent(folder.Script("agent", "grep password >&2; exit 1\n")) with { PasswordFile = folder.File("password", "hunter2") };
        var answer = await new AgentDevice(config).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal("power off: agent exit 1: password=[password]", answer.Detail);
    }

    [Theory]
    [InlineData("exit 0", DeviceReply.On)]
    [InlineData("echo Status: OFF; exit 2", DeviceReply.Off)]
    [InlineData("exit 2", DeviceReply.Off)]
    [InlineData("echo \"sh: can not open script\" >&2; exit 2", DeviceReply.Failed)]
    [InlineData("echo Status: OFF; exit 1", DeviceReply.Failed)]
    [InlineData("echo Status: OFF; exit 3", DeviceReply.Failed)]
    [InlineData("echo Status: OFF; kill -9 $$", DeviceReply.Failed)]
    public async Task Status_ExitCode_IsOffOnlyWhenItMustBe(string body, DeviceReply expected)
    {
        using var folder = new ScratchFolder();
        var answer = await new AgentDevice(Agent(folder.Script("agent", body + "\n"))).ExecuteAsync(DeviceAction.Status, default);
        Assert.Equal(expected, answer.Reply);
    }

    [Fact]
    public async Task Execute_ProgramAbsent_SaysWhatToDo()
    {
        var answer = await new AgentDevice(Agent("fence_no_such")).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceAnswer.Failed("power off: /usr/sbin/fence_no_such does not exist: install its package or correct the path"), answer);
    }

    [Fact]
    public async Task Execute_ProgramNotExecutable_SaysWhatToDo()
    {
        using var folder = new ScratchFolder();
        var path = folder.File("agent", "#!/bin/sh\n");
        var answer = await new AgentDevice(Agent(path)).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceAnswer.Failed($"power off: {path} is not executable: chmod +x {path}"), answer);
    }

    [Fact]
    public async Task Execute_Cancelled_KillsTheWholeGroupWithItsOrphans()
    {
        using var folder = new ScratchFolder();
        var seconds = 100_000 + Environment.ProcessId;
        // The inner shell ends at once: its sleep is an orphan that a walk along the parents does not find.
        var script = folder.Script("agent", $"sh -c 'sleep {seconds} & sleep {seconds} & exit 0'\nsleep {seconds}\n");
        using var cancel = new CancellationTokenSource();
        var off = new AgentDevice(Agent(script)).ExecuteAsync(DeviceAction.Off, cancel.Token);
        await Eventually.TrueAsync(() => Sleeping() == 3, "the agent has its three children");

        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        Assert.Equal(DeviceReply.Failed, (await off).Reply);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        await Eventually.TrueAsync(() => Sleeping() == 0, "nothing is left of the agent", seconds: 5);

        int Sleeping() => ProcessTable.Snapshot().Count(p => p.CommandLine.StartsWith($"sleep {seconds}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Execute_AgentLeavesAChildThatHoldsThePipes_AnswersWithoutWaitingForIt()
    {
        using var folder = new ScratchFolder();
        var seconds = 200_000 + Environment.ProcessId;
        var clock = Stopwatch.StartNew();
        var answer = await new AgentDevice(Agent(folder.Script("agent", $"sleep {seconds} &\nexit 0\n"))).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceReply.Done, answer.Reply);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        await Eventually.TrueAsync(() => !ProcessTable.Shows($"sleep {seconds}"), "the child is gone", seconds: 5);
    }

    [Fact]
    public async Task Execute_AgentFloodsItsOutput_IsReadToTheEnd()
    {
        using var folder = new ScratchFolder();
        var answer = await new AgentDevice(Agent(folder.Script("agent", "head -c 3000000 /dev/zero\nexit 0\n"))).ExecuteAsync(DeviceAction.Off, default);
        Assert.Equal(DeviceReply.Done, answer.Reply);
    }

    [Theory]
    [InlineData("action", "reboot", "the action is chosen by the fence plan")]
    [InlineData("password", "x", "use password-file")]
    [InlineData("plug", "1\naction=reboot", "the value must be one line")]
    [InlineData("a=b", "1", "is not a valid name")]
    public void AgentDevice_OptionThatMustNotBe_Throws(string key, string value, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => new AgentDevice(Agent("fence_dummy", (key, value))));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static FenceDeviceConfig Agent(string program, params (string Key, string Value)[] options) => new()
    {
        Target = "director-a",
        Type = "agent",
        Program = program,
        Options = options.ToDictionary(option => option.Key, option => option.Value),
    };

    private static FenceDeviceConfig Ipmilan(IpmiSimulator controller, string password)
    {
        var ipmi = controller.Config(password);
        return Agent("fence_ipmilan", ("lanplus", "1"), ("cipher", "3"), ("ipport", $"{ipmi.Port}"), ("power_wait", "0")) with
        {
            Address = ipmi.Address,
            User = ipmi.User,
            PasswordFile = ipmi.PasswordFile,
            CommandTimeout = TimeSpan.FromSeconds(15),
        };
    }
}
