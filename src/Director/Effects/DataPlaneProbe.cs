using System.Net;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Packets;

namespace HaLvs.Director.Effects;

/// <summary>
/// Does the active's data plane show a sign of life? Asked from the standby's external interface, by ARP and echo for every virtual address.
/// For one probing thread; make it in the network namespace that it probes. An answer is a sign, never evidence (I2).
/// </summary>
public sealed class DataPlaneProbe(string externalInterface, IReadOnlyCollection<IPAddress> virtualAddresses, TimeSpan timeout) : IDisposable
{
    private readonly Rtnetlink _netlink = new();
    private readonly ushort _echoIdentifier = (ushort)Environment.ProcessId;
    private AddressProbe? _probe;
    private int _probedInterface;

    /// <summary>What the last probe saw, for status and events.</summary>
    public string Detail { get; private set; } = "not yet probed";

    /// <summary>Hardware addresses that answered the last probe, by address: more than one for an address is a conflict.</summary>
    public IReadOnlyList<ProbeAnswer> Answers { get; private set; } = [];

    /// <summary>Returns at the first echo, at the latest after the time-out. Never throws for a network that is broken: that is being blind.</summary>
    public DataPlaneSight Probe()
    {
        Answers = [];
        try
        {
            if (_netlink.FindLink(externalInterface) is not { IsUp: true, HasCarrier: true } link)
                return Blind($"{externalInterface} has no carrier");
            if (OwnAddress(link) is not { } sender)
                return Blind($"{externalInterface} has no address of its own to ask from");
            Answers = ProbeOn(link).Ask(virtualAddresses, sender, timeout, enough: FromCore);
        }
        catch (LinuxException error)
        {
            Close();
            return Blind(error.Message);
        }

        Detail = Answers.Count == 0 ? "no answer" : string.Join(", ", Answers.Select(Describe));
        return Answers.Count == 0 ? DataPlaneSight.Silent
            : Answers.Any(FromCore) ? DataPlaneSight.Alive : DataPlaneSight.AddressOnly;
    }

    public void Dispose()
    {
        Close();
        _netlink.Dispose();
    }

    /// <summary>Echo is answered by the forwarding core itself, ARP by the kernel.</summary>
    private static bool FromCore(ProbeAnswer answer) => answer.Hardware is null;

    private static string Describe(ProbeAnswer answer) => $"{answer.Address} answers {(answer.Hardware is { } mac ? $"ARP from {mac}" : "echo")}";

    private DataPlaneSight Blind(string why)
    {
        Detail = why;
        return DataPlaneSight.Blind;
    }

    private IPAddress? OwnAddress(Link link) => _netlink.Addresses(link.Index).FirstOrDefault(a => !virtualAddresses.Contains(a.Address))?.Address;

    /// <summary>A socket stays with an interface, not with its name: when a driver brings a new one, probe on that.</summary>
    private AddressProbe ProbeOn(Link link)
    {
        if (_probe is null || _probedInterface != link.Index)
        {
            Close();
            _probe = new AddressProbe(link, _echoIdentifier);
            _probedInterface = link.Index;
        }

        return _probe;
    }

    private void Close()
    {
        _probe?.Dispose();
        _probe = null;
    }
}
