using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Director.Effects;
using HaLvs.Linux;

namespace HaLvs.Director.Tests.Effects;

/// <summary>A director without a forwarding core: its TUN is read by the test. Calls go in by a thread in its namespace.</summary>
internal sealed class FakeDirector : IDisposable
{
    private readonly string _namespace;
    private readonly List<byte[]> _unclaimed = [];

    public FakeDirector(string networkNamespace, NetworkModel model, string journal)
    {
        _namespace = networkNamespace;
        Tun = TunDevice.Open(AddressTakeover.DefaultTunName);
        Takeover = new AddressTakeover(model, journalPath: journal);
    }

    public TunDevice Tun { get; }

    public AddressTakeover Takeover { get; }

    public void In(Action<AddressTakeover> call) => NetworkNamespace.Run(_namespace, () => call(Takeover));

    public void PrepareAndTake() => In(takeover =>
    {
        takeover.Prepare();
        Assert.Null(takeover.Take());
        Assert.Null(takeover.Announce());
    });

    /// <summary>The next packet between these two that reaches the core, with its virtio_net_hdr; null after 5 s.</summary>
    public byte[]? Receive(IPAddress source, IPAddress destination)
    {
        using Poller poller = new(Tun.Handle);
        TimeSpan deadline = MonotonicClock.Now + TimeSpan.FromSeconds(5);
        int found;
        while ((found = _unclaimed.FindIndex(frame => IsBetween(frame, source, destination))) < 0 && MonotonicClock.Now < deadline)
        {
            poller.Wait(TimeSpan.FromMilliseconds(50));
            ReadAll();
        }

        byte[]? claimed = found < 0 ? null : _unclaimed[found];
        if (claimed is not null)
            _unclaimed.RemoveAt(found);
        return claimed;
    }

    /// <summary>Two packets on two networks come in either order, so one that is not asked for yet waits.</summary>
    private void ReadAll()
    {
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        for (int length = Tun.TryRead(frame); length > 0; length = Tun.TryRead(frame))
            _unclaimed.Add(frame[..length]);
    }

    private static bool IsBetween(byte[] frame, IPAddress source, IPAddress destination)
    {
        ReadOnlySpan<byte> packet = frame.AsSpan(TunDevice.HeaderBytes);
        (Range from, Range to) = packet[0] >> 4 == 6 ? (8..24, 24..40) : (12..16, 16..20);
        return new IPAddress(packet[from]).Equals(source) && new IPAddress(packet[to]).Equals(destination);
    }

    /// <summary>As SIGKILL leaves it: the kernel closes the TUN, nothing is undone.</summary>
    public void Crash() => Tun.Dispose();

    public void Dispose()
    {
        In(takeover => takeover.Dispose());
        Tun.Dispose();
    }
}
