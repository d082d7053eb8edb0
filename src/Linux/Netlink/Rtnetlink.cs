using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

/// <summary>
/// Links, addresses, routes, rules and neighbours of the network namespace in which it was made. Each call asks the kernel and waits for its
/// acknowledgement (tens of microseconds). Thread-safe: one request at a time. What an operator or another program owns is told apart by the
/// protocol number that every entry carries. rtnetlink(7).
/// </summary>
public sealed partial class Rtnetlink : IDisposable
{
    private const int RequestBytes = 512;
    private readonly Lock _gate = new();
    private readonly NetlinkSocket _socket = new();
    private readonly byte[] _request = new byte[RequestBytes];

    public void Dispose() => _socket.Dispose();

    private static byte Family(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => Sockets.AF_INET,
        AddressFamily.InterNetworkV6 => Sockets.AF_INET6,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "IPv4 or IPv6"),
    };

    private NetlinkRequest Begin(ushort type, int flags) => new(_request, type, flags);

    /// <summary>A change: acknowledged or thrown. Returns false when it failed with an errno that only says "nothing to do".</summary>
    private bool Change(in NetlinkRequest request, string operation, params ReadOnlySpan<int> nothingToDo) =>
        _socket.Execute(request, operation, nothingToDo) == 0;
}
