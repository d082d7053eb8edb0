using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Netlink;

namespace HaLvs.Linux.Packets;

/// <summary>
/// Asks a network from outside who holds an address: by ARP (IPv4), and where the kernel knows a way by ICMP echo (both families; its own
/// solicitation goes before the IPv6 one). Our own answers do not count.
/// One thread; opened for one interface as it is now.
/// </summary>
public sealed class AddressProbe : IDisposable
{
    private readonly PacketSocket _arp;
    private readonly EchoSocket _echo;
    private readonly EchoSocket6? _echo6;
    private readonly Poller _poller;
    private readonly HardwareAddress _own;

    public AddressProbe(Link link, ushort echoIdentifier)
    {
        _own = HardwareAddress.Read(link.HardwareAddress.Span);
        _arp = new PacketSocket(link.Index, link.Name);
        try
        {
            _echo = new EchoSocket(link.Name, echoIdentifier);
            _echo6 = Sysctl.Read("net/ipv6/conf/all/forwarding") is null ? null : new EchoSocket6(link.Name, echoIdentifier);
        }
        catch
        {
            _arp.Dispose();
            _echo?.Dispose();
            throw;
        }

        _poller = _echo6 is null ? new Poller(_arp.Handle, _echo.Handle) : new Poller(_arp.Handle, _echo.Handle, _echo6.Handle);
    }

    /// <summary>
    /// Asks for all addresses at once and gathers answers until the time is over, or until one
    /// is <paramref name="enough"/>. <paramref name="sender"/> must be an address of ours on that network: proxy ARP does not answer a sender 0.0.0.0.
    /// </summary>
    public IReadOnlyList<ProbeAnswer> Ask(IReadOnlyCollection<IPAddress> addresses, IPAddress sender, TimeSpan timeout, Predicate<ProbeAnswer>? enough = null)
    {
        List<ProbeAnswer> answers = [];
        Gather(addresses, []); // What came before the question is no answer to it.
        foreach (IPAddress address in addresses)
        {
            Ask(address, sender);
        }

        TimeSpan deadline = MonotonicClock.Now + timeout;
        for (TimeSpan left = timeout; left > TimeSpan.Zero && !(enough is not null && answers.Exists(enough)); left = deadline - MonotonicClock.Now)
        {
            if (_poller.Wait(left) > 0)
                Gather(addresses, answers);
        }

        return answers;
    }

    public void Dispose()
    {
        _poller.Dispose();
        _arp.Dispose();
        _echo.Dispose();
        _echo6?.Dispose();
    }

    private void Ask(IPAddress address, IPAddress sender)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _ = _echo6?.TrySend(address);
            return;
        }

        _arp.Send(ArpPacket.Request(_own, sender, address), HardwareAddress.Broadcast);
        _ = _echo.TrySend(address);
    }

    private void Gather(IReadOnlyCollection<IPAddress> addresses, List<ProbeAnswer> answers)
    {
        while (_arp.TryReceive(out ArpPacket packet))
        {
            // Whoever speaks as the address holds it, be it in a reply, a request or an announcement.
            if (packet.SenderHardware != _own && addresses.Contains(packet.SenderAddress))
                Add(answers, new ProbeAnswer(packet.SenderAddress, packet.SenderHardware));
        }

        IPAddress source;
        while (_echo.TryReceive(out source) || (_echo6 is not null && _echo6.TryReceive(out source)))
        {
            if (addresses.Contains(source))
                Add(answers, new ProbeAnswer(source, null));
        }
    }

    private static void Add(List<ProbeAnswer> answers, ProbeAnswer answer)
    {
        if (!answers.Contains(answer))
            answers.Add(answer);
    }
}
