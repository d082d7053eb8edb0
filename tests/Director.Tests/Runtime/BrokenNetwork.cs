using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>A machine whose kernel gives no answer for the first so many questions.</summary>
internal sealed class BrokenNetwork(int failures) : IMachineNetwork
{
    private int _left = failures;

    public int? MtuOf(string interfaceName) => Answer<int?>(1500);

    public IReadOnlySet<Ip> Broadcasts() => Answer<IReadOnlySet<Ip>>(new HashSet<Ip>());

    private T Answer<T>(T answer) => _left-- > 0 ? throw new LinuxException("netlink: dump addresses: no buffer space") : answer;
}
