using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Packets;

/// <summary>
/// ICMP echo (RFC 792) out of one interface, whatever the routes say. Non-blocking; one thread; IPv4. The identifier tells our answers from
/// those to other programs.
/// </summary>
public sealed unsafe class EchoSocket : IDisposable
{
    private const int HeaderBytes = 8;
    private readonly ushort _identifier;
    private ushort _sequence;

    public EchoSocket(string interfaceName, ushort identifier)
    {
        _identifier = identifier;
        Handle = FileDescriptor.Own(
            Libc.socket(Sockets.AF_INET, Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, Sockets.IPPROTO_ICMP),
            "open a raw ICMP socket",
            "Run as root or with CAP_NET_RAW.");
        uint onlyEchoReplies = ~(1u << Sockets.ICMP_ECHOREPLY);
        _ = Libc.setsockopt(Handle, Sockets.SOL_RAW, Sockets.ICMP_FILTER, &onlyEchoReplies, sizeof(uint));
        byte[] name = Encoding.UTF8.GetBytes(interfaceName);
        fixed (byte* bytes = name)
        {
            if (Libc.setsockopt(Handle, Sockets.SOL_SOCKET, Sockets.SO_BINDTODEVICE, bytes, (uint)name.Length) == 0)
                return;
        }

        int errno = Marshal.GetLastPInvokeError();
        Handle.Dispose();
        throw new LinuxException($"bind an ICMP socket to {interfaceName}", errno, "");
    }

    public FileDescriptor Handle { get; }

    /// <summary>Sends one echo request. False when it could not leave (no route, no carrier, no answer to ARP): silence, not an error.</summary>
    public bool TrySend(IPAddress target)
    {
        Span<byte> message = stackalloc byte[HeaderBytes];
        message.Clear();
        message[0] = Sockets.ICMP_ECHO;
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], ++_sequence);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(message));
        SockAddrIn address = new() { sin_family = Sockets.AF_INET };
        target.TryWriteBytes(new Span<byte>(&address.sin_addr, sizeof(uint)), out _);
        fixed (byte* bytes = message)
            return Libc.sendto(Handle, bytes, HeaderBytes, Sockets.MSG_DONTWAIT, &address, (uint)sizeof(SockAddrIn)) == HeaderBytes;
    }

    /// <summary>The next answer to one of our requests, and who sent it; false when none waits.</summary>
    public bool TryReceive(out IPAddress source)
    {
        source = IPAddress.None;
        Span<byte> packet = stackalloc byte[256];
        while (true)
        {
            nint length;
            fixed (byte* bytes = packet)
                length = Libc.recvfrom(Handle, bytes, packet.Length, 0, null, null);
            if (length < 0)
            {
                // Besides "nothing waits", a raw socket reports here that an earlier request could not be delivered.
                if (Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EHOSTUNREACH or Errno.ENETUNREACH)
                    continue;
                return false;
            }

            int header = length > 0 ? (packet[0] & 0xF) * 4 : 0;
            if (length < header + HeaderBytes || packet[header] != Sockets.ICMP_ECHOREPLY
                || BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 4)..]) != _identifier)
                continue;
            source = new IPAddress(packet[12..16]);
            return true;
        }
    }

    public void Dispose() => Handle.Dispose();

    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        uint sum = 0;
        for (int i = 0; i < message.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
