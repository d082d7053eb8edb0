using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Forwarder.Packets;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LoadText_Example_HasNoIssues() =>
        Assert.Empty(ConfigurationReader.LoadText(Example.Text, Example.Path).Issues);

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
