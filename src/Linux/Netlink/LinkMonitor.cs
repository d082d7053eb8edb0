using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>
/// News of interfaces (carrier, up and down, gone) as the kernel multicasts them (RTNLGRP_LINK). Poll <see cref="Handle"/>, then
/// <see cref="Read"/>. One thread. News that overran the socket buffer are replaced by the present state of all links.
/// </summary>
public sealed unsafe class LinkMonitor : IDisposable
{
    private const int ReceiveBytes = 65536;
    private readonly byte[] _received = GC.AllocateArray<byte>(ReceiveBytes, pinned: true);

    public LinkMonitor() => Handle = NetlinkSocket.Open(RtnetlinkAbi.RTMGRP_LINK, Sockets.SOCK_NONBLOCK);

    public FileDescriptor Handle { get; }

    /// <summary>Appends what has happened since the last call, oldest first. Never blocks.</summary>
    public void Read(ICollection<Link> news)
    {
        while (true)
        {
            nint length;
            fixed (byte* bytes = _received)
                length = Libc.recvfrom(Handle, bytes, _received.Length, 0, null, null);
            if (length >= 0)
            {
                Parse(_received.AsSpan(0, (int)length), news);
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return;
            if (errno == Errno.ENOBUFS)
                RequestAll();
            else if (errno != Errno.EINTR)
                throw new LinuxException("read link news", errno, "");
        }
    }

    public void Dispose() => Handle.Dispose();

    private static void Parse(ReadOnlySpan<byte> datagram, ICollection<Link> news)
    {
        while (NetlinkSocket.NextMessage(ref datagram, out NlMsgHdr header, out ReadOnlySpan<byte> body))
        {
            bool isLink = header.nlmsg_type is RtnetlinkAbi.RTM_NEWLINK or RtnetlinkAbi.RTM_DELLINK;

            // A port that leaves a bridge is told as RTM_DELLINK of family AF_BRIDGE: the interface itself stays.
            if (isLink && body.Length >= Unsafe.SizeOf<IfInfoMsg>() && body[0] == Sockets.AF_UNSPEC)
                news.Add(Rtnetlink.ParseLink(body) with { IsGone = header.nlmsg_type == RtnetlinkAbi.RTM_DELLINK });
        }
    }

    private void RequestAll()
    {
        NetlinkRequest request = new(stackalloc byte[64], RtnetlinkAbi.RTM_GETLINK, NetlinkAbi.NLM_F_DUMP);
        request.Header(new IfInfoMsg());
        SockAddrNl kernel = new() { nl_family = Sockets.AF_NETLINK };
        ReadOnlySpan<byte> message = request.Finish(1);
        fixed (byte* bytes = message)
            _ = Libc.sendto(Handle, bytes, message.Length, 0, &kernel, (uint)sizeof(SockAddrNl));
    }
}
