namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>The Internet checksum as RFC 1071 section 4.1 writes it: byte by byte, nothing incremental. Independent of the code under test.</summary>
internal static class ReferenceChecksum
{
    public static ushort Of(ReadOnlySpan<byte> bytes, uint start = 0)
    {
        uint sum = start;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    public static uint Pseudo(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        for (int i = 12; i < 20; i += 2)
        {
            sum += (uint)((packet[i] << 8) | packet[i + 1]);
        }

        int header = (packet[0] & 15) * 4;
        return sum + packet[9] + (uint)(((packet[2] << 8) | packet[3]) - header);
    }

    /// <summary>True when the IPv4 header and the TCP, UDP or ICMP checksum of a whole packet are right.</summary>
    public static bool IsValid(ReadOnlySpan<byte> packet)
    {
        int header = (packet[0] & 15) * 4;
        int total = (packet[2] << 8) | packet[3];
        if (Of(packet[..header]) != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> transport = packet[header..total];
        bool none = packet[9] == 17 && transport[6] == 0 && transport[7] == 0;
        return none || Of(transport, packet[9] == 1 ? 0 : Pseudo(packet)) == 0;
    }
}
