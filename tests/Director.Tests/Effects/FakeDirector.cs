using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Director.Effects;
using HaLvs.Linux;

namespace HaLvs.Director.Tests.Effects;

/// <summary>A director without a forwarding core: its TUN is read by the test. Calls go in by a thread in its namespace.</summary>
internal sealed class FakeDirector : IDisposable
{
    private readonly string _namespace;

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
        byte[] frame = new byte[TunDevice.MaxFrameBytes];
        TimeSpan deadline = MonotonicClock.Now + TimeSpan.FromSeconds(5);
        while (MonotonicClock.Now < deadline)
        {
            poller.Wait(TimeSpan.FromMilliseconds(50));
            for (int length = Tun.TryRead(frame); length > 0; length = Tun.TryRead(frame))
            {
                ReadOnlySpan<byte> packet = frame.AsSpan(TunDevice.HeaderBytes, length - TunDevice.HeaderBytes);
                (Range from, Range to) = packet[0] >> 4 == 6 ? (8..24, 24..40) : (12..16, 16..20);
                if (new IPAddress(packet[from]).Equals(source) && new IPAddress(packet[to]).Equals(destination))
                    return frame[..length];
            }
        }

        return null;
    }

    /// <summary>As SIGKILL leaves it: the kernel closes the TUN, nothing is undone.</summary>
    public void Crash() => Tun.Dispose();

    public void Dispose()
    {
        In(takeover => takeover.Dispose());
        Tun.Dispose();
    }
}
