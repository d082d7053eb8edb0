using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Packets;

/// <summary>
/// ICMPv6 echo (RFC 4443 section 4) out of one interface, whatever the routes say. Non-blocking; one thread. The kernel computes the checksum
/// (RFC 3542 section 3.1) and gives messages without their IPv6 header.
/// </summary>
public sealed unsafe class EchoSocket6 : IDisposable
{
    private const int HeaderBytes = 8;
    private const int FilterBytes = 32;
    private readonly ushort _identifier;
    private ushort _sequence;

    public EchoSocket6(string interfaceName, ushort identifier)
    {
        _identifier = identifier;
        Handle = FileDescriptor.Own(
            Libc.socket(Sockets.AF_INET6, Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, Sockets.IPPROTO_ICMPV6),
            "open a raw ICMPv6 socket",
            "Run as root or with CAP_NET_RAW.");
        PassOnlyReplies();
        byte[] name = Encoding.UTF8.GetBytes(interfaceName);
        fixed (byte* bytes = name)
        {
            if (Libc.setsockopt(Handle, Sockets.SOL_SOCKET, Sockets.SO_BINDTODEVICE, bytes, (uint)name.Length) == 0)
                return;
        }

        int errno = Marshal.GetLastPInvokeError();
        Handle.Dispose();
        throw new LinuxException($"bind an ICMPv6 socket to {interfaceName}", errno, "");
    }

    public FileDescriptor Handle { get; }

    /// <summary>Sends one echo request. False when it could not leave (no route, no carrier, no answer to the solicitation): silence, not an error.</summary>
    public bool TrySend(IPAddress target)
    {
        Span<byte> message = stackalloc byte[HeaderBytes];
        message.Clear();
        message[0] = Sockets.ICMPV6_ECHO_REQUEST;
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], ++_sequence);
        SockAddrIn6 address = new() { sin6_family = Sockets.AF_INET6 };
        target.TryWriteBytes(new Span<byte>(address.sin6_addr, SockAddrIn6.AddressBytes), out _);
        fixed (byte* bytes = message)
            return Libc.sendto(Handle, bytes, HeaderBytes, Sockets.MSG_DONTWAIT, &address, (uint)sizeof(SockAddrIn6)) == HeaderBytes;
    }

    /// <summary>The next answer to one of our requests, and who sent it; false when none waits.</summary>
    public bool TryReceive(out IPAddress source)
    {
        source = IPAddress.IPv6None;
        Span<byte> message = stackalloc byte[256];
        while (true)
        {
            SockAddrIn6 from;
            uint fromLength = (uint)sizeof(SockAddrIn6);
            nint length;
            fixed (byte* bytes = message)
                length = Libc.recvfrom(Handle, bytes, message.Length, 0, &from, &fromLength);
            if (length < 0)
            {
                // Besides "nothing waits", a raw socket reports here that an earlier request could not be delivered.
                if (Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EHOSTUNREACH or Errno.ENETUNREACH)
                    continue;
                return false;
            }

            if (length < HeaderBytes || message[0] != Sockets.ICMPV6_ECHO_REPLY || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != _identifier)
                continue;
            source = new IPAddress(new ReadOnlySpan<byte>(from.sin6_addr, SockAddrIn6.AddressBytes));
            return true;
        }
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>struct icmp6_filter: one bit for each type, set for those that are not wanted.</summary>
    private void PassOnlyReplies()
    {
        Span<uint> filter = stackalloc uint[FilterBytes / sizeof(uint)];
        filter.Fill(uint.MaxValue);
        filter[Sockets.ICMPV6_ECHO_REPLY / 32] &= ~(1u << (Sockets.ICMPV6_ECHO_REPLY % 32));
        fixed (uint* bits = filter)
            _ = Libc.setsockopt(Handle, Sockets.SOL_ICMPV6, Sockets.ICMPV6_FILTER, bits, FilterBytes);
    }
}
