using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>
/// The program at the director's interfaces. One that vanishes takes its program along; when it is back, or has another hardware address, it is served anew.
/// Until then its packets take the user path. One thread at a time.
/// </summary>
internal sealed class ServedInterfaces(OffloadProgram program, Rtnetlink netlink, OffloadMode mode, params (string Name, OffloadSides Sides)[] interfaces) : IDisposable
{
    private readonly Served?[] _served = new Served?[interfaces.Length];

    public OffloadMode Mode => mode;

    /// <exception cref="OffloadException">One of them cannot be served; those before it are.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Follow()
    {
        for (int i = 0; i < interfaces.Length; i++)
        {
            Link? link = netlink.FindLink(interfaces[i].Name);
            if (_served[i] is { } served && (link is null || !served.Is(link)))
            {
                _served[i] = null;
                served.Attachment.Dispose();
            }

            if (_served[i] is null && link is not null)
                _served[i] = new Served(link.Index, link.HardwareAddress, program.Attach(link.Index, mode, interfaces[i].Sides));
        }
    }

    public void Dispose()
    {
        foreach (Served? served in _served)
            served?.Attachment.Dispose();
        Array.Clear(_served);
    }

    private sealed record Served(int Index, ReadOnlyMemory<byte> HardwareAddress, OffloadAttachment Attachment)
    {
        public bool Is(Link link) => link.Index == Index && link.HardwareAddress.Span.SequenceEqual(HardwareAddress.Span);
    }
}
