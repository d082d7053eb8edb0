using System.Net;
using System.Net.Sockets;
using HaLvs.Director.Configuration;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Packets;

namespace HaLvs.Director.Effects;

/// <summary>
/// Gratuitous ARP, and for IPv6 unsolicited neighbour advertisements: tells neighbours and switches where the virtual addresses (outside) and the
/// gateways (inside) live now.
/// </summary>
internal sealed class AddressAnnouncer(NetworkModel model, Rtnetlink netlink) : IDisposable
{
    /// <summary>Back to back, because one broadcast may be lost at the moment at which everybody moves.</summary>
    private const int Rounds = 3;

    private PacketSocket? _outside;
    private PacketSocket? _inside;

    /// <summary>Opens the sockets beforehand, so that a takeover only sends.</summary>
    public void Open()
    {
        _ = SocketFor(ref _outside, netlink.Link(model.External));
        _ = SocketFor(ref _inside, netlink.Link(model.Internal));
    }

    /// <summary>The hardware addresses are read each time: a bond changes its own when a slave fails.</summary>
    public void Announce()
    {
        Link outside = netlink.Link(model.External), inside = netlink.Link(model.Internal);
        PacketSocket outsideSocket = SocketFor(ref _outside, outside), insideSocket = SocketFor(ref _inside, inside);
        for (int round = 0; round < Rounds; round++)
        {
            Announce(insideSocket, inside, model.Gateway, isRouter: true);
            if (model.Gateway6 is not null)
                Announce(insideSocket, inside, model.Gateway6, isRouter: true);
            foreach (IPAddress address in model.VirtualAddresses)
                Announce(outsideSocket, outside, address, isRouter: false);
        }
    }

    public void Dispose()
    {
        _outside?.Dispose();
        _inside?.Dispose();
    }

    private static void Announce(PacketSocket socket, Link link, IPAddress address, bool isRouter)
    {
        HardwareAddress hardware = HardwareAddress.Read(link.HardwareAddress.Span);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.Send(new NeighbourAdvertisement(hardware, address, isRouter));
            return;
        }

        socket.Send(ArpPacket.Gratuitous(hardware, address, asReply: false), HardwareAddress.Broadcast);
        socket.Send(ArpPacket.Gratuitous(hardware, address, asReply: true), HardwareAddress.Broadcast);
    }

    private static PacketSocket SocketFor(ref PacketSocket? socket, Link link)
    {
        if (socket?.InterfaceIndex != link.Index)
        {
            socket?.Dispose();
            socket = null;
            socket = new PacketSocket(link.Index, link.Name);
        }

        return socket;
    }
}
