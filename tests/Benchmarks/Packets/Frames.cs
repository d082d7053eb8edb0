using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Benchmarks.Packets;

/// <summary>Frames as the TUN device hands them over: virtio_net_hdr of zeros, then a packet with right checksums.</summary>
internal static class Frames
{
    public const string Virtual = "192.0.2.100:80";
    public const string Virtual6 = "[2001:db8:1::100]:80";
    public const string Server = "10.0.0.2:80";
    public const string Server6 = "[fd00:10::2]:80";

    public static byte[] Tcp(string from, string to, string flags) => Framed(Wire.Tcp(from, to, flags, flags == "S" ? "" : new string('x', 100)));

    public static byte[] Framed(byte[] packet) => [.. new byte[ForwardingCore.VirtioHeaderBytes], .. packet];

    public static byte[] FromClient(bool v6, string flags = "A") => v6 ? Tcp("[2001:db8:2::1]:40000", Virtual6, flags) : Tcp("198.51.100.7:40000", Virtual, flags);

    public static byte[] FromServer(bool v6, string flags = "A") => v6 ? Tcp(Server6, "[2001:db8:2::1]:40000", flags) : Tcp(Server, "198.51.100.7:40000", flags);

    public static Packet Parsed(byte[] frame)
    {
        Packet packet = default;
        if (PacketParser.ParseNetwork(frame, ref packet) != DropReason.None || PacketParser.ParseTransport(frame, ref packet) != DropReason.None)
        {
            throw new InvalidOperationException("the frame is not one");
        }

        return packet;
    }
}
