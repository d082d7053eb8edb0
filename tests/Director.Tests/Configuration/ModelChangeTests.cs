using HaLvs.Director.Configuration;

namespace HaLvs.Director.Tests.Configuration;

public sealed class ModelChangeTests
{
    [Fact]
    public void Between_SameFile_IsEmpty() => Assert.True(To(Example.Text).IsEmpty);

    [Theory]
    [InlineData("weight = 2", "weight = 0", "service 192.0.2.100:80/tcp: server 10.0.0.2:80 weight 2 to 0")]
    [InlineData("scheduler = \"wlc\"", "scheduler = \"rr\"", "service 192.0.2.100:80/tcp: scheduler wlc to rr")]
    [InlineData("weight = 2", "upper-threshold = 9", "service 192.0.2.100:80/tcp: server 10.0.0.2:80 weight 2 to 1, upper-threshold 0 to 9")]
    [InlineData("scheduler = \"wlc\"", "persistence = {}", "service 192.0.2.100:80/tcp: persistence none to 5m mask 255.255.255.255")]
    [InlineData("scheduler = \"wlc\"", "on-server-loss = \"reset\"", "service 192.0.2.100:80/tcp: on-server-loss keep to reset")]
    [InlineData("scheduler = \"rr\"", "scheduler = \"rr\"\none-packet = true", "service 192.0.2.100:7/udp: one-packet off to on")]
    [InlineData("[heartbeat]", "[ipvs]\nsloppy-tcp = true\nudp-timeout = \"60s\"\n[heartbeat]", "ipvs.udp-timeout: 5m to 1m\nipvs.sloppy-tcp: false to true")]
    [InlineData("[heartbeat]", "[guard]\nclient-rate = 9\nsyn-cookies = \"always\"\n[heartbeat]", "guard.syn-cookies: auto to always\nguard.client-rate: 0 to 9")]
    [InlineData("scheduler = \"rr\"", "scheduler = \"rr\"\n[[mark]]\nmark = 1\n[[service]]\nmark = 1", "service 192.0.2.100:7/udp: server 10.0.0.3:7 removed\nservice mark 1: added\nmark: 1 rules for new connections, before 0")]
    [InlineData("masquerade = true", "masquerade = false", "network.masquerade: off for new connections")]
    [InlineData("interval = \"2s\" }", "interval = \"3s\" }", "service.check: checks of real servers changed")]
    [InlineData("10.0.0.3:7\"", "10.0.0.4:7\"", "service 192.0.2.100:7/udp: server 10.0.0.3:7 removed\nservice 192.0.2.100:7/udp: server 10.0.0.4:7 added, weight 1")]
    [InlineData("192.0.2.100:7/udp", "192.0.2.100:7/tcp", "service 192.0.2.100:7/udp: removed\nservice 192.0.2.100:7/tcp: added")]
    public void Between_RunTimeChange_IsAllowed(string old, string @new, string expected)
    {
        ModelChange change = To(Example.With(old, @new));
        Assert.True(change.IsAllowed);
        Assert.Equal(expected, change.Text);
    }

    [Theory]
    [InlineData("\"eth0\"", "\"eth2\"", "network.external: eth0 to eth2")]
    [InlineData("dead = \"500ms\"", "dead = \"1s\"", "heartbeat.dead: 500ms to 1s")]
    [InlineData("prefer = \"director-a\"", "prefer = \"director-b\"", "cluster.prefer: director-a to director-b")]
    [InlineData("auto-failback = false", "auto-failback = true", "cluster.auto-failback: false to true")]
    [InlineData("10.0.0.1/24", "10.0.0.1/25", "network.gateway: 10.0.0.1/24 to 10.0.0.1/25")]
    [InlineData("ttyS1", "ttyS2", "node director-b: links: udp:10.0.0.252:694, serial:/dev/ttyS1:115200 to udp:10.0.0.252:694, serial:/dev/ttyS2:115200")]
    [InlineData("10.0.0.252:6940", "10.0.0.252:6941", "node director-b: sync: 10.0.0.252:6940 to 10.0.0.252:6941")]
    public void Between_OtherChange_IsRefusedNamingTheKey(string old, string @new, string expected)
    {
        ModelChange change = To(Example.With(old, @new));
        Assert.False(change.IsAllowed);
        Assert.Equal(expected, Assert.Single(change.NeedsRestart));
        Assert.StartsWith("not reloaded, nothing changed;", change.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user = \"admin\"", "user = \"root\"")]
    [InlineData("plug = 3", "plug = 4")]
    [InlineData("bmc-a.password", "bmc-x.password")]
    [InlineData("level = 1", "level = 2")]
    public void Between_AnyFenceKey_IsRefused(string old, string @new) =>
        Assert.Contains(": fence: ", Assert.Single(To(Example.With(old, @new)).NeedsRestart), StringComparison.Ordinal);

    private static ModelChange To(string text) => ModelChange.Between(Example.Model(Example.Text), Example.Model(text));
}
