using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Packets;

/// <summary>
/// Sends and receives whole Ethernet frames that carry ARP on one interface; sends neighbour advertisements, which are IPv6's way to say the same. It stays with the interface, not with its name: when the interface
/// is replaced, make a new socket. Non-blocking; one thread. packet(7).
/// </summary>
public sealed unsafe class PacketSocket : IDisposable
{
    private readonly string _interfaceName;

    /// <summary>Listens to ARP on the interface with this index (<see cref="Netlink.Link"/>).</summary>
    public PacketSocket(int interfaceIndex, string interfaceName)
    {
        _interfaceName = interfaceName;
        InterfaceIndex = interfaceIndex;

        // Protocol 0 first: nothing is received before the socket is bound to its interface.
        Handle = FileDescriptor.Own(
            Libc.socket(Sockets.AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0),
            "open a packet socket",
            "Run as root or with CAP_NET_RAW.");
        SockAddrLl address = new()
        {
            sll_family = Sockets.AF_PACKET,
            sll_protocol = BinaryPrimitives.ReverseEndianness((ushort)Sockets.ETH_P_ARP),
            sll_ifindex = interfaceIndex,
        };
        if (Libc.bind(Handle, &address, (uint)sizeof(SockAddrLl)) == 0)
            return;
        int errno = Marshal.GetLastPInvokeError();
        Handle.Dispose();
        throw new LinuxException($"listen to ARP on {interfaceName}", errno, $"Check that {interfaceName} exists and is up (`ip link`).");
    }

    public FileDescriptor Handle { get; }

    public int InterfaceIndex { get; }

    public void Send(in ArpPacket packet, HardwareAddress destination)
    {
        Span<byte> frame = stackalloc byte[ArpPacket.FrameBytes];
        SendFrame(frame[..packet.WriteFrame(frame, destination)], Sockets.ETH_P_ARP, "ARP");
    }

    public void Send(in NeighbourAdvertisement advertisement)
    {
        Span<byte> frame = stackalloc byte[NeighbourAdvertisement.FrameBytes];
        SendFrame(frame[..advertisement.WriteFrame(frame)], Sockets.ETH_P_IPV6, "a neighbour advertisement");
    }

    /// <summary>The next ARP packet from the network; false when none waits. Frames that this machine sent and malformed ones are passed over.</summary>
    public bool TryReceive(out ArpPacket packet)
    {
        packet = default;
        Span<byte> frame = stackalloc byte[128];
        while (true)
        {
            SockAddrLl from;
            uint fromLength = (uint)sizeof(SockAddrLl);
            nint length;
            fixed (byte* bytes = frame)
                length = Libc.recvfrom(Handle, bytes, frame.Length, 0, &from, &fromLength);
            if (length < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN)
                    return false;
                if (errno != Errno.EINTR)
                    throw new LinuxException($"receive ARP on {_interfaceName}", errno, errno == Errno.ENETDOWN ? $"{_interfaceName} is down." : "");
            }
            else if (from.sll_pkttype != Sockets.PACKET_OUTGOING && ArpPacket.TryParseFrame(frame[..(int)length], out packet))
            {
                return true;
            }
        }
    }

    public void Dispose() => Handle.Dispose();

    private void SendFrame(ReadOnlySpan<byte> frame, int protocol, string what)
    {
        SockAddrLl to = new()
        {
            sll_family = Sockets.AF_PACKET,
            sll_protocol = BinaryPrimitives.ReverseEndianness((ushort)protocol),
            sll_ifindex = InterfaceIndex,
            sll_halen = HardwareAddress.Bytes,
        };
        frame[..HardwareAddress.Bytes].CopyTo(new Span<byte>(to.sll_addr, HardwareAddress.Bytes));
        fixed (byte* bytes = frame)
        {
            bool told = false;
            while (Libc.sendto(Handle, bytes, frame.Length, 0, &to, (uint)sizeof(SockAddrLl)) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                // ENETDOWN may tell of a flap in the past: reporting it clears it, so the second word counts (packet(7)).
                if (errno == Errno.ENETDOWN && !told)
                    told = true;
                else if (errno != Errno.EINTR)
                    throw new LinuxException($"send {what} on {_interfaceName}", errno, errno == Errno.ENETDOWN ? $"{_interfaceName} is down." : "");
            }
        }
    }
}
