using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LoadText_Example_HasNoErrors() =>
        Assert.Empty(ConfigurationReader.LoadText(Example.Text, Example.Path).Errors);

    [Fact]
    public void LoadText_Example_GivesTheModel()
    {
        DirectorModel model = Example.Model(Example.Text);

        Assert.Equal("/etc/halvs", model.Cluster.CertificateDirectory);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), model.Network.Gateway);
        Assert.Equal(24, model.Network.GatewayPrefixLength);
        Assert.Equal(IPAddress.Parse("192.0.2.100"), Assert.Single(model.Network.VirtualAddresses));
        Assert.Equal(TimeSpan.FromMilliseconds(500), model.Heartbeat.Dead);
        Assert.Equal(new LinkModel.Serial("serial:/dev/ttyS0:115200", "/dev/ttyS0", 115200), model.Nodes[0].Links[1]);
        Assert.Equal(IPEndPoint.Parse("10.0.0.252:6940"), model.PeerOf("director-a")!.Sync);
        Assert.Equal(TransportProtocol.Udp, model.Services[1].Protocol);
        Assert.Equal([1, 2], model.Services[0].Servers.Select(s => s.Weight));
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.Single(model.Checks).Interval);
    }

    [Fact]
    public void LoadText_Example_GivesTheFenceDevices()
    {
        DirectorModel model = Example.Model(Example.Text);

        FenceDeviceConfig ipmi = Assert.Single(model.Nodes[0].Fence);
        FenceDeviceConfig agent = Assert.Single(model.Nodes[1].Fence);
        Assert.Equal(("director-a", "198.51.100.11", 623, 3), (ipmi.Target, ipmi.Address, ipmi.Port, ipmi.CipherSuite));
        Assert.Equal(new FenceDeviceConfig { Target = "", Type = "" }.OffTimeout, ipmi.OffTimeout);
        Assert.Equal(("director-b", "fence_apc", "3"), (agent.Target, agent.Program, agent.Options["plug"]));
    }

    [Fact]
    public void LoadText_EveryServiceKey_ReachesTheCore()
    {
        VirtualServiceConfig service = Example.Model(Example.With("listen = \"192.0.2.100:7/udp\"\nscheduler = \"rr\"", """
            listen = "192.0.2.100:0/udp"
            scheduler = "rr"
            persistence = { timeout = "744h", netmask = "255.255.255.0", engine = "sip" }
            one-packet = true
            helper = "tftp"
            slow-start = "30s"
            on-server-loss = "reset"
            """).Replace("\"10.0.0.3:7\"", "\"10.0.0.3\"\nupper-threshold = 4294967295\nlower-threshold = 7", StringComparison.Ordinal)).Services[1];

        Assert.Equal(new PersistenceConfig(TimeSpan.FromDays(31), 0xffffff00, "sip"), service.Persistence);
        Assert.True(service.OnePacket);
        Assert.Equal(("tftp", TimeSpan.FromSeconds(30), ServerLoss.Reset), (service.Helper, service.SlowStart, service.OnServerLoss));
        Assert.Equal(new RealServerConfig(Ip.Parse("10.0.0.3"), 0, 1) { UpperThreshold = uint.MaxValue, LowerThreshold = 7 }, Assert.Single(service.Servers));
    }

    [Theory]
    [InlineData("0", 0u)]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("/1", 0x8000_0000u)]
    [InlineData("32", uint.MaxValue)]
    public void LoadText_NetmaskOfAnyLength_ReachesTheCore(string mask, uint expected) =>
        Assert.Equal(expected, Example.Model(Example.With("scheduler = \"wlc\"", $"persistence = {{ netmask = \"{mask}\" }}")).Services[0].Persistence!.Netmask);

    [Fact]
    public void LoadText_Ipv6_AddressesGatewayServicesAndMarks()
    {
        DirectorModel model = Example.Model(Example.With("\"192.0.2.100/32\"]", "\"192.0.2.100/32\", \"2001:db8::100/128\"]\ngateway6 = \"fd00:10::1/64\"") + """

            [[service]]
            listen = "[2001:db8::100]:9/sctp"
            persistence = { netmask = "64" }
            [[service.server]]
            address = "[fd00:10::3]:9"
            [[service]]
            mark = 4294967295
            [[service.server]]
            address = "fd00:10::3"
            [[mark]]
            mark = 4294967295
            from = "2001:db8:1::/48"
            ports = ["80", "8000-8099"]
            [[mark]]
            mark = 4294967295
            to = "192.0.2.0/24"
            protocol = "udp"
            """);

        Assert.Equal(("10.0.0.1/24, fd00:10::1/64", 64), (model.Network.GatewayText, model.Network.Gateway6PrefixLength));
        Assert.Equal(new ServiceKey(TransportProtocol.Sctp, Ip.Parse("2001:db8::100"), 9), model.Services[2].Key);
        Assert.Equal(64u, model.Services[2].Persistence!.Netmask);
        Assert.Equal(ServiceKey.OfMark(uint.MaxValue, v6: true), model.Services[3].Key);
        Assert.Equal(
            ["2001:db8::100/128 80-80", "2001:db8::100/128 8000-8099", "192.0.2.0/24 0-65535"],
            model.Marks.Select(m => $"{m.Destination} {m.FirstPort}-{m.LastPort}"));
        Assert.Equal((new IpPrefix(Ip.Parse("2001:db8:1::"), 48), TransportProtocol.Udp), (model.Marks[0].Source, model.Marks[2].Protocol));
        Assert.Equal((Ip.Parse("fd00:10::3"), (ushort)0), (model.Services[3].Servers[0].Address, model.Services[3].Servers[0].Port));
    }

    [Fact]
    public void LoadText_SchedulerFlags_AreThoseOfTheKernel() => Assert.Equal(
        SchedulerOptions.Port | SchedulerOptions.Fallback, HaLvs.Director.Configuration.Values.SchedulerFlagNames.Combine(["sh-port", "sh-fallback"]));

    [Fact]
    public void LoadText_ServersAsInlineTables_SameAsHeaders()
    {
        DirectorModel model = Example.Model(Example.With(
            "[[service.server]]\naddress = \"10.0.0.3:7\"", "server = [{ address = \"10.0.0.3:7\" }, { address = \"10.0.0.2:7\", weight = 0 }]"));
        Assert.Equal([1, 0], model.Services[1].Servers.Select(s => s.Weight));
    }

    [Fact]
    public void LoadText_NoHeartbeatTable_TakesTheDefaults() => Assert.Equal(
        new HeartbeatModel().Interval,
        Example.Model(Example.With("[heartbeat]\ninterval = \"100ms\"\nwarn = \"300ms\"\ndead = \"500ms\"\nstart = \"10s\"", "")).Heartbeat.Interval);

    [Fact]
    public void LoadText_WindowsLineEndsAndByteOrderMark_AreRead() =>
        Example.Model("\ufeff" + Example.Text.Replace("\n", "\r\n", StringComparison.Ordinal));

    [Fact]
    public void Load_File_HashIsOfItsBytes()
    {
        string path = folder.Write("h.toml", Example.Text);
        DirectorModel model = ConfigurationReader.Load(path).Model!;

        Assert.Equal(path, model.SourcePath);
        Assert.Equal(Example.Model(Example.Text).Hash, model.Hash);
        Assert.NotEqual(Example.Model(Example.Text + "\n").Hash, model.Hash);
    }

    [Fact]
    public void Load_NoFile_IsOneError()
    {
        string error = Assert.Single(ConfigurationReader.Load(folder["gone.toml"]).Errors).ToString();
        Assert.StartsWith($"{folder["gone.toml"]}:1:1: file: cannot be read (Could not find file", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Folder_IsOneError() => Assert.Single(ConfigurationReader.Load(folder.Root).Errors);

    [Fact]
    public void Load_EndlessDevice_IsOneError() => Assert.Equal(
        "/dev/zero:1:1: file: is longer than 1048576 bytes, no configuration file; correct the path",
        Assert.Single(ConfigurationReader.Load("/dev/zero").Errors).ToString());

    [Fact]
    public void Load_NotUtf8_SaysTheLine()
    {
        File.WriteAllBytes(folder["latin.toml"], [.. "[cluster]\nname = \""u8, 0xe9, .. "\"\n"u8]);
        Assert.Equal(
            $"{folder["latin.toml"]}:2:1: file: the line is not UTF-8 text; save the file as UTF-8",
            Assert.Single(ConfigurationReader.Load(folder["latin.toml"]).Errors).ToString());
    }
}
