using System.Net;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Packets;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Packets;

public sealed class AddressProbeTests(ITestOutputHelper output)
{
    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.252");
    private static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.100");

    [Fact]
    public void Ask_HolderOnTheNetwork_AnswersByArpAndEcho() => WithFarEnd((far, link) =>
    {
        far.Ip("address add 192.0.2.100/24 dev far");
        using AddressProbe probe = new(link, 4711);
        IReadOnlyList<ProbeAnswer> answers = AskUntil(probe, a => a.Count == 2);
        string mac = answers.Single(a => a.Hardware is not null).Hardware.ToString()!;
        Assert.Contains(mac, far.Ip("link show far"), StringComparison.Ordinal);
        Assert.Single(answers, a => a.Hardware is null && a.Address.Equals(Virtual));
    });

    [Fact]
    public void Ask_NobodyHoldsIt_IsSilentAfterTheTimeOut() => WithFarEnd((far, link) =>
    {
        using AddressProbe probe = new(link, 4711);
        TimeSpan start = MonotonicClock.Now;
        Assert.Empty(probe.Ask([Virtual], Own, TimeSpan.FromMilliseconds(50), enough: _ => true));
        Assert.True(MonotonicClock.Now - start >= TimeSpan.FromMilliseconds(50));
    });

    [Fact]
    public void Ask_EchoOnly_CountsWhereArpIsFiltered() => WithFarEnd((far, link) =>
    {
        far.Ip("address add 192.0.2.100/24 dev far");
        TestNamespace.Shell($"ip netns exec {far.Name} sysctl -qw net.ipv4.conf.all.arp_ignore=8");
        string mac = far.Ip("-o link show far").Split("link/ether ")[1].Split(' ')[0];
        TestNamespace.Shell($"ip -n {CurrentName} neigh replace 192.0.2.100 lladdr {mac} dev e0");
        far.Ip($"neigh replace 192.0.2.252 lladdr {HardwareAddress.Read(link.HardwareAddress.Span)} nud permanent dev far");
        using AddressProbe probe = new(link, 4711);
        IReadOnlyList<ProbeAnswer> answers = AskUntil(probe, a => a.Count > 0);
        Assert.Equal(new ProbeAnswer(Virtual, null), Assert.Single(answers));
    });

    private string CurrentName { get; set; } = "";

    private static IReadOnlyList<ProbeAnswer> AskUntil(AddressProbe probe, Func<IReadOnlyList<ProbeAnswer>, bool> wanted)
    {
        IReadOnlyList<ProbeAnswer> answers = [];
        for (int attempt = 0; attempt < 50 && !wanted(answers); attempt++)
            answers = probe.Ask([Virtual], Own, TimeSpan.FromMilliseconds(100));
        return answers;
    }

    private void WithFarEnd(Action<TestNamespace, Link> test)
    {
        if (!TestNamespace.Possible(output.WriteLine))
            return;
        using TestNamespace space = new();
        using TestNamespace far = new();
        CurrentName = space.Name;
        space.Ip($"link set e1 name far netns {far.Name}");
        far.Ip("link set far up");
        space.Ip("address add 192.0.2.252/24 dev e0");
        space.Run(() =>
        {
            using Rtnetlink netlink = new();
            test(far, netlink.Link("e0"));
        });
    }
}
