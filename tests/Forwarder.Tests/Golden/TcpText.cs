using System.Buffers.Binary;
using System.Text;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>An IPv4 TCP segment of a record, taken apart: to compare and to change it without the code under test.</summary>
internal sealed class TcpText(byte[] packet)
{
    public byte[] Packet { get; } = packet;

    public int Header => (Packet[0] & 15) * 4;

    public uint Sequence
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(Packet.AsSpan(Header + 4));
        set => BinaryPrimitives.WriteUInt32BigEndian(Packet.AsSpan(Header + 4), value);
    }

    public uint Acknowledgement
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(Packet.AsSpan(Header + 8));
        set => BinaryPrimitives.WriteUInt32BigEndian(Packet.AsSpan(Header + 8), value);
    }

    public bool IsSyn => (Packet[Header + 13] & 2) != 0;

    public bool IsReset => (Packet[Header + 13] & 4) != 0;

    public bool HasAck => (Packet[Header + 13] & 16) != 0;

    public string From => $"{Packet[12]}.{Packet[13]}.{Packet[14]}.{Packet[15]}:{BinaryPrimitives.ReadUInt16BigEndian(Packet.AsSpan(Header))}";

    public string To => $"{Packet[16]}.{Packet[17]}.{Packet[18]}.{Packet[19]}:{BinaryPrimitives.ReadUInt16BigEndian(Packet.AsSpan(Header + 2))}";

    public string Text => Encoding.Latin1.GetString(Packet.AsSpan(DataAt));

    private int DataAt => Header + ((Packet[Header + 12] >> 4) * 4);

    /// <summary>Another segment with this text; lengths and checksums follow.</summary>
    public TcpText With(string text)
    {
        byte[] other = [.. Packet.AsSpan(0, DataAt), .. Encoding.Latin1.GetBytes(text)];
        BinaryPrimitives.WriteUInt16BigEndian(other.AsSpan(2), (ushort)other.Length);
        return new TcpText(other).Summed();
    }

    public TcpText Summed()
    {
        Wire.WriteHeaderChecksum(Packet);
        Packet.AsSpan(Header + 16, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(Packet.AsSpan(Header + 16), ReferenceChecksum.Of(Packet.AsSpan(Header), ReferenceChecksum.Pseudo(Packet)));
        return this;
    }

    public override string ToString() => $"{From} > {To} seq {Sequence} ack {Acknowledgement} {Text.ReplaceLineEndings("\\n")} {Convert.ToHexString(Packet)}";
}
