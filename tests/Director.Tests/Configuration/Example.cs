using HaLvs.Director.Configuration;

namespace HaLvs.Director.Tests.Configuration;

/// <summary>The configuration of DESIGN.md, section 5, with its second node written out. Line numbers in expected messages count from its first line.</summary>
internal static class Example
{
    public const string Path = "halvs.toml";

    /// <summary>What every reading of the example warns of: it has a check, and this version carries none out.</summary>
    public const string OwnWarning = "warning: service.check: is not carried out by this version";

    public const string Text = """
        [cluster]
        name = "web"
        key-file = "/etc/halvs/cluster.key"
        prefer = "director-a"          # who is active when both start together
        auto-failback = false

        [network]
        external = "eth0"
        internal = "eth1"
        virtual-addresses = ["192.0.2.100/32"]
        gateway = "10.0.0.1/24"        # the real servers' default route; moves with the VIP
        masquerade = true
        offload = "auto"

        [heartbeat]
        interval = "100ms"
        warn = "300ms"
        dead = "500ms"
        start = "10s"

        [[node]]
        name = "director-a"
        sync = "10.0.0.251:6940"
        links = ["udp:10.0.0.251:694", "serial:/dev/ttyS0:115200"]
        [[node.fence]]
        level = 1
        type = "ipmi"
        address = "198.51.100.11"
        user = "admin"
        password-file = "/etc/halvs/bmc-a.password"

        [[node]]
        name = "director-b"
        sync = "10.0.0.252:6940"
        links = ["udp:10.0.0.252:694", "serial:/dev/ttyS1:115200"]
        [[node.fence]]
        type = "agent"
        program = "fence_apc"
        options = { ip = "198.51.100.20", plug = 3 }
        password-file = "/etc/halvs/pdu.password"

        [[service]]
        listen = "192.0.2.100:80/tcp"
        scheduler = "wlc"
        check = { type = "http", path = "/", interval = "2s" }
        [[service.server]]
        address = "10.0.0.3:80"
        [[service.server]]
        address = "10.0.0.2:80"
        weight = 2

        [[service]]
        listen = "192.0.2.100:7/udp"
        scheduler = "rr"
        [[service.server]]
        address = "10.0.0.3:7"
        """;

    /// <summary>The example with every occurrence of one text replaced; the text must be there.</summary>
    public static string With(string old, string @new)
    {
        Assert.Contains(old, Text, StringComparison.Ordinal);
        return Text.Replace(old, @new, StringComparison.Ordinal);
    }

    public static DirectorModel Model(string text)
    {
        ConfigurationResult result = ConfigurationReader.LoadText(text, Path);
        Assert.True(result.IsGood, result.ErrorText);
        return result.Model!;
    }
}
