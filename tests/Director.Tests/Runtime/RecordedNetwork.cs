using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>The director of the golden records: 192.0.2.0/24 and 10.0.0.0/24; interfaces lo, eth0 and eth1.</summary>
internal sealed class RecordedNetwork : IMachineNetwork
{
    public int? MtuOf(string interfaceName) => interfaceName is "lo" or "eth0" or "eth1" ? 1500 : null;

    public IReadOnlySet<Ip> Broadcasts() => new HashSet<Ip> { Ip.Parse("192.0.2.255"), Ip.Parse("10.0.0.255") };
}
