using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>Gets the body of one answer (what follows nlmsghdr).</summary>
internal delegate void NetlinkAnswer(ushort type, ReadOnlySpan<byte> body);

/// <summary>
/// A rtnetlink socket that asks and waits for the answer. The kernel carries a request out inside sendto(2) and has the answer ready when it
/// returns, so waiting costs microseconds; the receive time-out only guards against the unthinkable. Not thread-safe.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int ReceiveBytes = 65536;
    private const int ReceiveTimeoutSeconds = 2;
    private const int DumpAttempts = 5;
    private readonly byte[] _received = GC.AllocateArray<byte>(ReceiveBytes, pinned: true);
    private readonly FileDescriptor _socket = Open(groups: 0, flags: 0);
    private uint _sequence;

    public NetlinkSocket()
    {
        SetOption(_socket, NetlinkAbi.SOL_NETLINK, NetlinkAbi.NETLINK_EXT_ACK, 1);
        SetOption(_socket, NetlinkAbi.SOL_NETLINK, NetlinkAbi.NETLINK_CAP_ACK, 1);
        SetOption(_socket, NetlinkAbi.SOL_NETLINK, NetlinkAbi.NETLINK_GET_STRICT_CHK, 1);
        TimeVal timeout = new() { tv_sec = ReceiveTimeoutSeconds };
        _ = Libc.setsockopt(_socket, Sockets.SOL_SOCKET, Sockets.SO_RCVTIMEO, &timeout, (uint)sizeof(TimeVal));
    }

    /// <summary>Sends, waits for the acknowledgement. Returns 0 or one of the tolerated errnos; any other refusal throws.</summary>
    public int Execute(in NetlinkRequest request, string operation, params ReadOnlySpan<int> tolerated)
    {
        Send(request.Finish(++_sequence), operation);
        (int errno, string? text) = Receive(operation, null);
        if (errno == 0 || tolerated.Contains(errno))
            return errno;
        throw new LinuxException(operation, errno, Advice(errno), text);
    }

    /// <summary>A get (its single answer, then the acknowledgement) or a dump (all answers). Returns 0 or a tolerated errno.</summary>
    public int Query(in NetlinkRequest request, string operation, NetlinkAnswer answer, params ReadOnlySpan<int> tolerated)
    {
        Send(request.Finish(++_sequence), operation);
        (int errno, string? text) = Receive(operation, answer);
        if (errno == 0 || tolerated.Contains(errno))
            return errno;
        throw new LinuxException(operation, errno, Advice(errno), text);
    }

    /// <summary>A dump that another writer interrupted may miss entries (NLM_F_DUMP_INTR): asked again, into a cleared list.</summary>
    public List<T> Dump<T>(in NetlinkRequest request, string operation, Func<List<T>, NetlinkAnswer> reader)
    {
        for (int attempt = 0; attempt < DumpAttempts; attempt++)
        {
            List<T> found = [];
            if (Query(request, operation, reader(found), Errno.EINTR) == 0)
                return found;
        }

        throw new LinuxException($"{operation}: the kernel's table changed during each of {DumpAttempts} readings. Look for a program that keeps changing it (`ip monitor`).");
    }

    public void Dispose() => _socket.Dispose();

    internal static FileDescriptor Open(uint groups, int flags)
    {
        FileDescriptor socket = FileDescriptor.Own(
            Libc.socket(Sockets.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC | flags, NetlinkAbi.NETLINK_ROUTE), "open a netlink socket", "");
        SockAddrNl address = new() { nl_family = Sockets.AF_NETLINK, nl_groups = groups };
        if (Libc.bind(socket, &address, (uint)sizeof(SockAddrNl)) == 0)
            return socket;
        int errno = Marshal.GetLastPInvokeError();
        socket.Dispose();
        throw new LinuxException("bind a netlink socket", errno, "");
    }

    internal static void SetOption(FileDescriptor socket, int level, int option, int value)
    {
        if (Libc.setsockopt(socket, level, option, &value, sizeof(int)) != 0)
            throw new LinuxException($"set socket option {level}/{option}", Marshal.GetLastPInvokeError(), "Linux 5.4 or newer is needed.");
    }

    private void Send(ReadOnlySpan<byte> message, string operation)
    {
        SockAddrNl kernel = new() { nl_family = Sockets.AF_NETLINK };
        fixed (byte* bytes = message)
        {
            while (Libc.sendto(_socket, bytes, message.Length, 0, &kernel, (uint)sizeof(SockAddrNl)) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    throw new LinuxException(operation, errno, Advice(errno));
            }
        }
    }

    private (int Errno, string? Text) Receive(string operation, NetlinkAnswer? answer)
    {
        bool interrupted = false;
        while (true)
        {
            ReadOnlySpan<byte> datagram = _received.AsSpan(0, ReceiveDatagram(operation));
            while (NextMessage(ref datagram, out NlMsgHdr header, out ReadOnlySpan<byte> body))
            {
                if (header.nlmsg_seq != _sequence)
                    continue; // The late answer of a request that was given up.
                interrupted |= (header.nlmsg_flags & NetlinkAbi.NLM_F_DUMP_INTR) != 0;
                if (header.nlmsg_type is NetlinkAbi.NLMSG_ERROR or NetlinkAbi.NLMSG_DONE)
                {
                    (int errno, string? text) = ReadEnd(header, body);
                    return errno == 0 && interrupted ? (Errno.EINTR, null) : (errno, text);
                }

                answer?.Invoke(header.nlmsg_type, body);
            }
        }
    }

    private int ReceiveDatagram(string operation)
    {
        while (true)
        {
            nint length;
            fixed (byte* bytes = _received)
                length = Libc.recvfrom(_socket, bytes, _received.Length, Sockets.MSG_TRUNC, null, null);
            if (length >= 0 && length <= _received.Length)
                return (int)length;
            int errno = length > 0 ? Errno.EMSGSIZE : Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                throw new LinuxException(operation, errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno, "The kernel did not answer on netlink.");
        }
    }

    internal static bool NextMessage(ref ReadOnlySpan<byte> datagram, out NlMsgHdr header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (datagram.Length < sizeof(NlMsgHdr))
            return false;
        header = MemoryMarshal.Read<NlMsgHdr>(datagram);
        if (header.nlmsg_len < sizeof(NlMsgHdr) || header.nlmsg_len > datagram.Length)
            return false;
        body = datagram[sizeof(NlMsgHdr)..(int)header.nlmsg_len];
        datagram = datagram[Math.Min(NetlinkRequest.Align((int)header.nlmsg_len), datagram.Length)..];
        return true;
    }

    /// <summary>NLMSG_ERROR: nlmsgerr, then with NLM_F_ACK_TLVS attributes. NLMSG_DONE: the errno alone, then attributes.</summary>
    private static (int Errno, string? Text) ReadEnd(in NlMsgHdr header, ReadOnlySpan<byte> body)
    {
        if (body.Length < sizeof(int))
            return (0, null);
        int errno = -MemoryMarshal.Read<int>(body);
        if (errno == 0 || (header.nlmsg_flags & NetlinkAbi.NLM_F_ACK_TLVS) == 0)
            return (errno, null);
        int attributesAt = header.nlmsg_type == NetlinkAbi.NLMSG_DONE ? sizeof(int) : Unsafe.SizeOf<NlMsgErr>();
        NetlinkAttributes attributes = new(body[Math.Min(attributesAt, body.Length)..]);
        while (attributes.Next())
        {
            if (attributes.Type == NetlinkAbi.NLMSGERR_ATTR_MSG)
                return (errno, attributes.Text);
        }

        return (errno, null);
    }

    private static string Advice(int errno) => errno == Errno.EPERM ? "Run as root or with CAP_NET_ADMIN." : "";
}
