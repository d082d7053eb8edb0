using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HaLvs.Director.Commands;
using HaLvs.Director.Tests.Configuration;
using HaLvs.Stonith.Plan;

namespace HaLvs.Director.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private DeviceAnswer answer = new(DeviceReply.On, "power is on");

    public CheckCommandTests()
    {
        KeygenCommand.Create().Parse(["--directory", folder.Root, "--cluster", "web", "--node", "director-a", "--node", "director-b"])
            .Invoke(new InvocationConfiguration { Output = TextWriter.Null });
        folder.Write("bmc-a.password", "secret");
        folder.Write("pdu.password", "secret");
        folder.Write("agent", "", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task Check_GoodFile_IsDoneWithOneLine()
    {
        Assert.Equal(0, await Run(Good(), "--node", "director-a"));
        Assert.Equal($"{folder["halvs.toml"]}: good: cluster web, 2 nodes, 2 services, 3 real servers\n", output.ToString());
        Assert.Empty(error.ToString());
    }

    [Fact]
    public async Task Check_BadFile_ListsEveryErrorAndFails()
    {
        Assert.Equal(1, await Run(Good().Replace("\"wlc\"", "\"wcl\"", StringComparison.Ordinal).Replace("weight = 2", "weight = -1", StringComparison.Ordinal)));
        Assert.Equal(
            $"{folder["halvs.toml"]}:44:13: service.scheduler: \"wcl\" is not a scheduler; did you mean \"wlc\"? known: " + string.Join(", ", HaLvs.Forwarder.Scheduling.SchedulerNames.All) + "\n" +
            $"{folder["halvs.toml"]}:50:10: service.server.weight: -1 is out of range; write 0 to 65535\n" +
            $"halvs check: {folder["halvs.toml"]}: 2 errors\n",
            error.ToString());
    }

    [Fact]
    public async Task Check_OpenPasswordFile_FailsWithChmod()
    {
        File.SetUnixFileMode(folder["pdu.password"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal(1, await Run(Good(), "--node", "director-a"));
        Assert.Contains($"chmod 600 {folder["pdu.password"]}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OwnPasswordFileOnlyOnThePeer_IsAWarning()
    {
        File.Delete(folder["bmc-a.password"]);
        Assert.Equal(0, await Run(Good(), "--node", "director-a"));
        Assert.StartsWith("warning: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_UnknownNode_IsWrongUsage()
    {
        Assert.Equal(2, await Run(Good(), "--node", "director-x"));
        Assert.Equal($"halvs check: --node \"director-x\" is no node of {folder["halvs.toml"]}; it has director-a, director-b\n", error.ToString());
    }

    [Fact]
    public async Task Check_NoConfigOption_IsWrongUsage()
    {
        int code = await CheckCommand.Create().Parse([]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task Check_Json_IsOneDocument()
    {
        Assert.Equal(1, await Run(Good().Replace("\"wlc\"", "\"wcl\"", StringComparison.Ordinal), "--json"));
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        JsonElement issue = document.RootElement.GetProperty("issues")[0];
        Assert.False(document.RootElement.GetProperty("good").GetBoolean());
        Assert.Equal((44, 13, "service.scheduler"), (issue.GetProperty("line").GetInt32(), issue.GetProperty("column").GetInt32(), issue.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task CheckLive_MissingInterfaceAndSerialLine_SaysEach()
    {
        Assert.Equal(1, await Run(Loopback(), "--node", "director-a", "--live"));
        Assert.Contains("interface nohvlvs0: FAILED, does not exist; this machine has ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("serial line /dev/nohvlvs: FAILED, does not exist", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("interface lo: ok", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLive_BusyPort_SaysWhoHasIt()
    {
        using var busy = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        busy.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        busy.Listen();
        int port = ((IPEndPoint)busy.LocalEndPoint!).Port;

        Assert.Equal(1, await Run(Loopback().Replace("127.0.0.1:16940", $"127.0.0.1:{port}", StringComparison.Ordinal), "--node", "director-a", "--live"));

        Assert.Contains($"sync port 127.0.0.1:{port}/tcp: FAILED, is taken by ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLive_FenceDeviceOfThePeerUnreachable_FailsSayingWhatItMeans()
    {
        answer = new DeviceAnswer(DeviceReply.Failed, "198.51.100.20 does not answer");
        Assert.Equal(1, await Run(Loopback(), "--node", "director-a", "--live"));
        Assert.Contains(
            "FAILED, 198.51.100.20 does not answer; until this works, a dead director-b blocks the takeover", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("fence director-a: ipmi 198.51.100.11: note, ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLive_Server_AnswersOrIsNoted()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string answering = listener.LocalEndpoint.ToString()!;

        await Run(Loopback().Replace("127.0.0.1:18080", answering, StringComparison.Ordinal), "--node", "director-a", "--live");

        Assert.Contains($"real server {answering}: ok, answers", output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> Run(string text, params string[] arguments)
    {
        string path = folder.Write("halvs.toml", text);
        return CheckCommand.Create(c => new FenceDeviceDouble(c.Target, answer)).Parse(["--config", path, .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
    }

    private string Good() => Example.With("check = { type = \"http\", path = \"/\", interval = \"2s\" }", "")
        .Replace("/etc/halvs/", folder.Root + "/", StringComparison.Ordinal)
        .Replace("\"fence_apc\"", $"\"{folder["agent"]}\"", StringComparison.Ordinal);

    /// <summary>Nothing outside this machine, and nothing that is there.</summary>
    private string Loopback() => Good()
        .Replace("eth0", "lo", StringComparison.Ordinal)
        .Replace("eth1", "nohvlvs0", StringComparison.Ordinal)
        .Replace("10.0.0.251:6940", "127.0.0.1:16940", StringComparison.Ordinal)
        .Replace("10.0.0.252:6940", "127.0.0.1:16941", StringComparison.Ordinal)
        .Replace("10.0.0.251:694", "127.0.0.1:10694", StringComparison.Ordinal)
        .Replace("10.0.0.252:694", "127.0.0.1:10695", StringComparison.Ordinal)
        .Replace("/dev/ttyS0", "/dev/nohvlvs", StringComparison.Ordinal)
        .Replace("10.0.0.3:80", "127.0.0.1:18080", StringComparison.Ordinal)
        .Replace("10.0.0.2:80", "127.0.0.1:18081", StringComparison.Ordinal);
}
