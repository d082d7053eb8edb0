using System.Buffers.Binary;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Guard;

/// <summary>A TCP conversation through a director with the sequence numbers that two real hosts would use.</summary>
internal sealed class TcpTalk(TestDirector director, string client = "192.0.2.11:40001", string server = "10.0.0.2:80", string service = "192.0.2.100:80")
{
    public uint ClientNext { get; set; } = 1000;

    public uint ServerNext { get; set; } = 500_000;

    public string Client => client;

    public TcpTalk Open()
    {
        FromClient("S");
        FromServer("SA");
        FromClient("A");
        return this;
    }

    public byte[]? FromClient(string flags, string data = "") => director.Send(Advance(fromClient: true, flags, data));

    public byte[]? FromServer(string flags, string data = "") => director.Send(Advance(fromClient: false, flags, data));

    public byte[]? ForgedByClient(string flags, uint sequence) => director.Send(Wire.Tcp(client, service, flags, "", sequence, ServerNext));

    public byte[]? ForgedByServer(string flags, uint sequence) => director.Send(Wire.Tcp(server, client, flags, "", sequence, ClientNext));

    public static uint Sequence(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(Header(packet) + 4));

    public static uint Acknowledgement(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(Header(packet) + 8));

    private static int Header(byte[] packet) => packet[0] >> 4 == 6 ? 40 : (packet[0] & 15) * 4;

    private byte[] Advance(bool fromClient, string flags, string data)
    {
        uint sequence = fromClient ? ClientNext : ServerNext;
        byte[] packet = fromClient
            ? Wire.Tcp(client, service, flags, data, sequence, ServerNext)
            : Wire.Tcp(server, client, flags, data, sequence, ClientNext);
        uint length = (uint)(data.Length + (flags.AsSpan().IndexOfAny('S', 'F') >= 0 ? 1 : 0));
        ClientNext += fromClient ? length : 0;
        ServerNext += fromClient ? 0 : length;
        return packet;
    }
}
