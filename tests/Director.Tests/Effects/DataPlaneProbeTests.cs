using HaLvs.Director.Effects;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using Xunit.Abstractions;

namespace HaLvs.Director.Tests.Effects;

public sealed class DataPlaneProbeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(80);

    [Fact]
    public void Probe_ActiveServes_ThenReleases_ThenTheCableIsOut()
    {
        if (!TwoDirectorsNetwork.Possible(output.WriteLine))
            return;
        using TwoDirectorsNetwork network = new();
        using FakeDirector a = network.Start("a");
        NetworkNamespace.Run(network.Name("b"), () =>
        {
            using DataPlaneProbe probe = new("ext", [TwoDirectorsNetwork.Virtual], Timeout);
            Assert.Equal(DataPlaneSight.Silent, probe.Probe());
            a.PrepareAndTake();
            // The fake director has no forwarding core: its kernel answers ARP, nobody answers echo.
            Assert.True(Sees(probe, DataPlaneSight.AddressOnly), probe.Detail);
            Assert.Contains(network.HardwareAddress("a", "ext"), probe.Detail, StringComparison.Ordinal);
            a.In(takeover => takeover.Release(holdForHandover: false));
            Assert.True(Sees(probe, DataPlaneSight.Silent), probe.Detail);
            network.Ip("bridge", "link set b-ext down");
            Assert.True(Sees(probe, DataPlaneSight.Blind), probe.Detail);
            Assert.Contains("no carrier", probe.Detail, StringComparison.Ordinal);
            network.Ip("bridge", "link set b-ext up");
            Assert.True(Sees(probe, DataPlaneSight.Silent), probe.Detail);
            network.Ip("b", "address flush dev ext");
            Assert.True(Sees(probe, DataPlaneSight.Blind), probe.Detail);
            network.Ip("b", "link delete ext");
            Assert.True(Sees(probe, DataPlaneSight.Blind), probe.Detail);
        });
    }

    private static bool Sees(DataPlaneProbe probe, DataPlaneSight wanted) => SpinWait.SpinUntil(() => probe.Probe() == wanted, TimeSpan.FromSeconds(5));
}
