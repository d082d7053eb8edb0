using HaLvs.Director.Commands;

namespace HaLvs.Director.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("explain foo 192.0.2.100:80/tcp", "halvs: \"foo\" is not ADDRESS:PORT; write for example 10.0.0.3:80; see halvs explain --help")]
    [InlineData("explain 192.0.2.11:5 foo", "halvs: \"foo\" has no protocol; write \"foo/tcp\" or \"foo/udp\"; see halvs explain --help")]
    [InlineData("explain 192.0.2.11:5 [2001:db8::100]:80/tcp", "halvs: 192.0.2.11 and 2001:db8::100 are of different address families; see halvs explain --help")]
    [InlineData("statsu", "halvs: unknown verb 'statsu' (did you mean 'status'?); see halvs --help")]
    [InlineData("swtichover", "halvs: unknown verb 'swtichover' (did you mean 'switchover'?); see halvs --help")]
    [InlineData("status --jsno", "halvs: unknown option '--jsno' (did you mean '--json'?); see halvs status --help")]
    [InlineData("status --sokcet=/x", "halvs: unknown option '--sokcet=/x' (did you mean '--socket'?); see halvs status --help")]
    [InlineData("xylophone", "halvs: unknown verb 'xylophone'; see halvs --help")]
    [InlineData("status now", "halvs: unknown argument 'now'; see halvs status --help")]
    [InlineData("fence a --test --on", "halvs: --test, --confirm and --on exclude each other: give one of them, or none to cut the power; see halvs fence --help")]
    [InlineData("drill powercut", "halvs: unknown drill 'powercut' (did you mean 'power-cut'?); there are switchover, process-kill, power-cut; see halvs drill --help")]
    [InlineData("traffic --target 192.0.2.100", "halvs: '192.0.2.100' is not ADDRESS:PORT, such as 192.0.2.100:80; see halvs traffic --help")]
    [InlineData("traffic --target 192.0.2.100:7 --interval 5", "halvs: 5 has no unit; write \"5ms\", \"5s\" or \"5m\"; see halvs traffic --help")]
    [InlineData("traffic --target 192.0.2.100:7 --probe-interval 0ms", "halvs: \"0ms\" is shorter than 1ms; see halvs traffic --help")]
    [InlineData("traffic --target 192.0.2.100:7 --connections -1", "halvs: --connections -1: must be between 0 and 1000000; see halvs traffic --help")]
    [InlineData("traffic --target 192.0.2.100:7 --protocol ftp", "halvs: --protocol ftp: must be echo or http; see halvs traffic --help")]
    public async Task RunAsync_WrongUsage_ExitTwoWithOneLineAndTheNearestWord(string line, string expected)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fence")]
    [InlineData("traffic")]
    [InlineData("status --socket")]
    public async Task RunAsync_SomethingMissing_ExitTwoWithOneLine(string line)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("halvs: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("events")]
    [InlineData("connections")]
    [InlineData("switchover")]
    [InlineData("reload")]
    [InlineData("fence b --test")]
    [InlineData("fence b --yes")]
    [InlineData("drill switchover")]
    public async Task RunAsync_NoDirector_ExitOneWithOneLine(string line)
    {
        CommandRun run = await CommandRun.OfAsync([.. line.Split(' '), "--socket", "/tmp/halvs-there-is-no-such.sock"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal("halvs: no director runs at /tmp/halvs-there-is-no-such.sock; start it (systemctl start halvs), or name its socket with --socket or HALVS_SOCKET\n", run.Error);
    }

    [Fact]
    public async Task RunAsync_Version_NameAndNumber()
    {
        CommandRun run = await CommandRun.OfAsync(["--version"]);

        Assert.Equal((0, $"halvs {ThisProgram.Version}\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+$", ThisProgram.Version);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("fence --help")]
    [InlineData("traffic -h")]
    public async Task RunAsync_Help_ExitZero(string line)
    {
        CommandRun run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AllOptions_ReachTheDirector()
    {
        RunOptions? seen = null;
        CommandHost host = new() { Run = (o, _) => { seen = o; return Task.FromResult(0); } };

        CommandRun run = await CommandRun.OfAsync(["run", "--config", "/c", "--node", "n", "--state-directory", "/d", "--socket", "/s"], host);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(new RunOptions("/c", "n", "/d", "/s"), seen);
    }

    [Fact]
    public async Task Run_NoOptions_Defaults()
    {
        RunOptions? seen = null;
        CommandHost host = new() { Run = (o, _) => { seen = o; return Task.FromResult(0); } };

        await CommandRun.OfAsync(["run"], host);

        Assert.Equal(new RunOptions("/etc/halvs/halvs.toml", Environment.MachineName, "/var/lib/halvs", "/run/halvs/control.sock"), seen);
    }

    [Fact]
    public async Task Run_OperatorsMistake_OneLineAndItsExitCode()
    {
        CommandHost host = new() { Run = (_, _) => throw new OperatorException("halvs.toml:3:1: what and what to do") };

        Assert.Equal(new CommandRun(1, "", "halvs: halvs.toml:3:1: what and what to do\n"), await CommandRun.OfAsync(["run"], host));
    }

    [Fact]
    public async Task Run_Defect_IsNotSwallowed()
    {
        CommandHost host = new() { Run = (_, _) => throw new InvalidOperationException("a promise broke") };

        await Assert.ThrowsAsync<InvalidOperationException>(() => CommandRun.OfAsync(["run"], host));
    }
}
