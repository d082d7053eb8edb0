namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Seeded conversations of many clients, servers and masqueraded hosts, at every stage of a connection's life.</summary>
internal sealed class RandomTraffic(int seed)
{
    private static readonly string[] Flags = ["S", "S", "A", "A", "PA", "FA", "RA"];
    private readonly Random _random = new(seed);

    public static TestDirector NewDirector(int capacity)
    {
        TestDirector director = new(o => o with { Capacity = capacity, Masquerade = true, Inside = (Wire.Address("10.0.0.0"), 24) });
        return director.Service("192.0.2.100:80/tcp", "wlc", "10.0.0.2:80 w2", "10.0.0.3:8080").Service("192.0.2.100:53/udp", "rr", "10.0.0.2:53", "10.0.0.3:53");
    }

    public byte[] Next()
    {
        string client = $"198.51.100.{_random.Next(1, 9)}:{_random.Next(2000, 2060)}";
        string server = _random.Next(2) == 0 ? "10.0.0.2:80" : "10.0.0.3:8080";
        string flags = Flags[_random.Next(Flags.Length)];
        return _random.Next(8) switch
        {
            0 => Wire.Udp(client, "192.0.2.100:53", "question"),
            1 => Wire.Udp($"10.0.0.{_random.Next(2, 4)}:53", client, "answer"),
            2 or 3 => Wire.Tcp(server, client, flags == "S" ? "SA" : flags),
            4 => Wire.Tcp($"10.0.0.{_random.Next(2, 6)}:{_random.Next(3000, 3020)}", "203.0.113.5:443", flags),
            5 => Wire.Echo($"10.0.0.{_random.Next(2, 6)}", "203.0.113.5", (ushort)_random.Next(20)),
            _ => Wire.Tcp(client, "192.0.2.100:80", flags),
        };
    }
}
