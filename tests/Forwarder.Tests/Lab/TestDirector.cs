using System.Buffers.Binary;
using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>A forwarding core between two kernel routing steps, as it runs behind a TUN: wire packet in, wire packet out, and its own clock.</summary>
internal sealed class TestDirector
{
    public const string Vip = "192.0.2.100";
    public const string Vip6 = "2001:db8::100";
    private readonly byte[] _frame = new byte[ForwardingCore.FrameBytes];
    private readonly List<VirtualServiceConfig> _services = [];

    public TestDirector(Func<ForwardingCoreOptions, ForwardingCoreOptions>? change = null)
    {
        ForwardingCoreOptions options = new() { Capacity = 4096, VirtualAddresses = [Ip.Parse(Vip), Ip.Parse(Vip6)], Seed = 42 };
        Core = new ForwardingCore(change?.Invoke(options) ?? options);
    }

    public ForwardingCore Core { get; }

    public long Now { get; set; } = 1_000_000;

    /// <summary>Bytes of the virtio header of the next frame, and of the last one that came out.</summary>
    public byte[] Virtio { get; set; } = new byte[ForwardingCore.VirtioHeaderBytes];

    public static TestDirector Masquerading() =>
        new(o => o with { Masquerade = true, Inside = (Ip.Parse("10.0.0.0"), 24), InsideV6 = (Ip.Parse("fd00::"), 64) });

    /// <summary>"192.0.2.100:80/tcp", scheduler, servers as "10.0.0.2:80" or "10.0.0.2:80 w3", in the order in which they are added.</summary>
    public TestDirector Service(string listen, string scheduler, params string[] servers)
    {
        (string end, TransportProtocol protocol) = Listen(listen);
        VirtualServiceConfig config = new(protocol, Wire.Address(end), Wire.Port(end), scheduler, [.. servers.Select(Server)]);
        int at = _services.FindIndex(s => (s.Protocol, s.Address, s.Port) == (config.Protocol, config.Address, config.Port));
        if (at >= 0)
        {
            _services[at] = config;
        }
        else
        {
            _services.Add(config);
        }

        Core.ApplyServices([.. _services]);
        return this;
    }

    public void RemoveService(string listen)
    {
        (string end, TransportProtocol protocol) = Listen(listen);
        _services.RemoveAll(s => (s.Protocol, s.Address, s.Port) == (protocol, Wire.Address(end), Wire.Port(end)));
        Core.ApplyServices([.. _services]);
    }

    public void Wait(double seconds)
    {
        long until = Now + (long)(seconds * 1000);
        for (; Now < until; Now = Math.Min(Now + 100, until))
        {
            Tick();
        }

        Tick();
    }

    /// <summary>As the forward loop: what a tick leaves is worked off between packets.</summary>
    private void Tick()
    {
        Core.Tick(Now);
        for (int calls = 0; calls < 10_000 && Core.Work(Now); calls++)
        {
        }
    }

    /// <summary>One wire packet through kernel, core, kernel. Null: nothing came out.</summary>
    public byte[]? Send(byte[] packet)
    {
        byte[] routed = Hop(packet);
        Virtio.CopyTo(_frame, 0);
        routed.CopyTo(_frame, ForwardingCore.VirtioHeaderBytes);
        int length = Core.Process(_frame, ForwardingCore.VirtioHeaderBytes + routed.Length, Now);
        if (length == 0)
        {
            return null;
        }

        Virtio = _frame[..ForwardingCore.VirtioHeaderBytes];
        return Hop(_frame[ForwardingCore.VirtioHeaderBytes..length]);
    }

    /// <summary>What the core sends besides, as it leaves on the wire; empties the queue.</summary>
    public IReadOnlyList<byte[]> Pending()
    {
        List<byte[]> all = [];
        int length;
        while ((length = Core.TakePending(_frame)) > 0)
        {
            all.Add(Hop(_frame[ForwardingCore.VirtioHeaderBytes..length]));
        }

        return all;
    }

    public string Answer(byte[] packet) => Wire.Describe(Send(packet));

    public ImmutableArray<ConnectionRecord> Connections()
    {
        List<ConnectionRecord> all = [];
        ConnectionRecord[] page = new ConnectionRecord[7];
        int cursor = 0;
        int count;
        while ((count = Core.CopyConnections(ref cursor, page, Now)) > 0)
        {
            all.AddRange(page.AsSpan(0, count));
        }

        Assert.Equal(-1, cursor);
        return [.. all];
    }

    public ImmutableArray<ServerSnapshot> Servers(string listen)
    {
        (string end, TransportProtocol protocol) = Listen(listen);
        return Core.SnapshotServices().Single(s => (s.Protocol, s.Address, s.Port) == (protocol, Wire.Address(end), Wire.Port(end))).Servers;
    }

    private static (string End, TransportProtocol Protocol) Listen(string listen)
    {
        string[] parts = listen.Split('/');
        return (parts[0], Enum.Parse<TransportProtocol>(parts[1], ignoreCase: true));
    }

    private static RealServerConfig Server(string text)
    {
        string[] parts = text.Split(" w");
        int weight = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 1;
        return new RealServerConfig(Wire.Address(parts[0]), Wire.Port(parts[0]), weight);
    }

    /// <summary>A routing step: one TTL less, header checksum made new only if it was right, so that a wrong one is seen.</summary>
    private static byte[] Hop(byte[] packet)
    {
        byte[] copy = [.. packet];
        if (copy.Length >= 40 && copy[0] >> 4 == 6 && copy[7] > 0)
        {
            copy[7]--;
            return copy;
        }

        int header = (copy[0] & 15) * 4;
        if (copy.Length >= header && header >= 20 && copy[0] >> 4 == 4 && copy[8] > 0)
        {
            bool right = ReferenceChecksum.Of(copy.AsSpan(0, header)) == 0;
            copy[8]--;
            ushort field = BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(10));
            return right ? Wire.WriteHeaderChecksum(copy) : WithField(copy, (ushort)(field ^ 0x5555));
        }

        return copy;
    }

    private static byte[] WithField(byte[] packet, ushort field)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), field);
        return packet;
    }
}
