using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Nat;

public sealed class TranslationTests
{
    /// <summary>Whatever the addresses, ports and payload: in and back restores the ends, changes nothing else, and every checksum is right.</summary>
    [Fact]
    public void InAndBack_RandomPackets_EndsRestoredChecksumsRight()
    {
        Random random = new(11);
        for (int i = 0; i < 3000; i++)
        {
            bool tcp = random.Next(2) == 0;
            string client = $"{random.Next(1, 100)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}:{random.Next(1, 65536)}";
            string service = $"192.0.2.100:{random.Next(1, 65536)}";
            string server = $"10.0.{random.Next(256)}.{random.Next(1, 255)}:{random.Next(1, 65536)}";
            string data = new((char)random.Next(32, 127), random.Next(200));
            TestDirector director = new();
            director.Service($"{service}/{(tcp ? "tcp" : "udp")}", "rr", server);

            byte[] sent = tcp ? Wire.Tcp(client, service, "S", data) : Wire.Udp(client, service, data);
            byte[] arrived = director.Send(sent)!;
            byte[] asked = tcp ? Wire.Tcp(client, server, "S", data, ttl: 63) : Wire.Udp(client, server, data, ttl: 63);
            Assert.Equal(asked, arrived);

            byte[] answer = tcp ? Wire.Tcp(server, client, "SA", data) : Wire.Udp(server, client, data);
            byte[] heard = tcp ? Wire.Tcp(service, client, "SA", data, ttl: 63) : Wire.Udp(service, client, data, ttl: 63);
            Assert.Equal(heard, director.Send(answer)!);
        }
    }

    [Fact]
    public void Udp_WithoutChecksum_LeavesWithOneAsTheKernelDoes()
    {
        TestDirector director = new();
        director.Service("192.0.2.100:53/udp", "rr", "10.0.0.2:5353");
        byte[] left = director.Send(Wire.Udp("192.0.2.11:7", "192.0.2.100:53", "odd", checksum: false))!;
        Assert.Equal(Wire.Udp("192.0.2.11:7", "10.0.0.2:5353", "odd", ttl: 63), left);
    }
}
