using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>Tells that neighbours, routes, rules or links have changed, not which: who hears it looks again. Poll <see cref="Handle"/>. One thread.</summary>
public sealed unsafe class NetworkNews : IDisposable
{
    private const int ReceiveBytes = 16_384;
    private const uint Groups = RtnetlinkAbi.RTMGRP_LINK | RtnetlinkAbi.RTMGRP_NEIGH | RtnetlinkAbi.RTMGRP_IPV4_ROUTE | RtnetlinkAbi.RTMGRP_IPV4_RULE | RtnetlinkAbi.RTMGRP_IPV6_ROUTE;
    private readonly byte[] _received = GC.AllocateArray<byte>(ReceiveBytes, pinned: true);

    public NetworkNews() => Handle = NetlinkSocket.Open(Groups, Sockets.SOCK_NONBLOCK);

    public FileDescriptor Handle { get; }

    /// <summary>True when something changed since the last call. Never blocks; news that overran the socket's buffer are news as well.</summary>
    public bool Take()
    {
        bool any = false;
        while (true)
        {
            nint length;
            fixed (byte* bytes = _received)
                length = Libc.recvfrom(Handle, bytes, _received.Length, 0, null, null);
            int errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (errno == Errno.EAGAIN)
                return any;
            if (errno is not (0 or Errno.ENOBUFS or Errno.EINTR))
                throw new LinuxException("read network news", errno, "");
            any |= errno != Errno.EINTR;
        }
    }

    public void Dispose() => Handle.Dispose();
}
