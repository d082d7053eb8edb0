using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;
using Xunit.Abstractions;

namespace HaLvs.Forwarder.Tests;

/// <summary>
/// Feeds garbage and mutated packets for HALVS_FUZZ_SECONDS (default 5, at most 600): nothing throws, nothing outside the frame is read or
/// written (guard bytes), the table stays whole. The seed is printed; HALVS_FUZZ_SEED repeats a run.
/// </summary>
public sealed class PacketFuzzTests(ITestOutputHelper output)
{
    private const int Guard = 64;
    private const byte GuardByte = 0xa5;
    private const int Capacity = 2000;

    [Fact]
    public void Process_Garbage_NothingThrowsLeaksOrReachesOutside()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("HALVS_FUZZ_SEED") ?? "20260101", System.Globalization.CultureInfo.InvariantCulture);
        int seconds = Math.Clamp(int.Parse(Environment.GetEnvironmentVariable("HALVS_FUZZ_SECONDS") ?? "5", System.Globalization.CultureInfo.InvariantCulture), 1, 600);
        output.WriteLine($"HALVS_FUZZ_SEED={seed}");
        Random random = new(seed);
        TestDirector director = new(o => o with { Capacity = Capacity, Masquerade = true, Inside = (Wire.Address("10.0.0.0"), 24) });
        director.Service("192.0.2.100:80/tcp", "wrr", "10.0.0.2:8080 w3", "10.0.0.3:8080").Service("192.0.2.100:53/udp", "lc", "10.0.0.2:5353");
        director.Core.EnableChangeLog(true);
        byte[] memory = new byte[Guard + 4096 + Guard];
        long deadline = Environment.TickCount64 + (seconds * 1000L);
        long count = 0;
        for (; Environment.TickCount64 < deadline; count++)
        {
            FeedOne(director, random, memory);
            director.Now += random.Next(20);
            if (count % 1000 == 0)
            {
                Disturb(director, random);
                Assert.True(TableCheck.IsWhole(director.Core), $"Table damaged after {count} packets.");
            }
        }

        output.WriteLine($"{count} packets, {director.Core.ConnectionCount} connections, new {director.Core.Counters.NewConnections}");
        Assert.True(director.Core.Counters.NewConnections > 100, "The fuzzer never got through to a connection.");
        director.Core.SetTimersFrozen(false, director.Now);
        director.Wait(2000);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    private static void FeedOne(TestDirector director, Random random, byte[] memory)
    {
        byte[] frame = Frame(random);
        int room = random.Next(3) == 0 ? frame.Length : 4096; // Sometimes no byte behind the frame.
        Array.Fill(memory, GuardByte);
        frame.CopyTo(memory, Guard);
        int length = director.Core.Process(memory.AsSpan(Guard, room), frame.Length, director.Now);
        Assert.InRange(length, 0, room);
        Assert.True(memory.AsSpan(0, Guard).IndexOfAnyExcept(GuardByte) < 0, "Wrote before the frame.");
        Assert.True(memory.AsSpan(Guard + room).IndexOfAnyExcept(GuardByte) < 0, "Wrote behind the frame.");
    }

    private static byte[] Frame(Random random)
    {
        byte[] packet = random.Next(8) == 0 ? Noise(random) : Plausible(random);
        byte[] frame = [.. new byte[ForwardingCore.VirtioHeaderBytes], .. packet];
        int flips = random.Next(4) == 0 ? random.Next(6) : 0;
        for (int i = 0; i < flips; i++)
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }

        return random.Next(10) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(200)];
        random.NextBytes(noise);
        if (noise.Length > 20 && random.Next(2) == 0)
        {
            noise[0] = (byte)(0x40 | random.Next(16));
            BinaryPrimitives.WriteUInt16BigEndian(noise.AsSpan(2), (ushort)random.Next(noise.Length + 5));
            BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(16), Wire.Address("192.0.2.100").V4);
        }

        return noise;
    }

    private static byte[] Plausible(Random random)
    {
        string[] ends = ["192.0.2.100:80", "192.0.2.100:53", "192.0.2.100:9", $"10.0.0.{random.Next(1, 5)}:8080", $"10.0.0.2:{random.Next(5350, 5360)}", $"192.0.2.11:{random.Next(1000, 3000)}", "198.51.100.1:53"];
        string from = ends[random.Next(ends.Length)];
        string to = ends[random.Next(ends.Length)];
        string[] flags = ["S", "SA", "A", "PA", "FA", "R", "RA", ""];
        byte[] Transport(string a, string b) => random.Next(2) == 0
            ? Wire.Tcp(a, b, flags[random.Next(flags.Length)], new string('x', random.Next(60)))
            : Wire.Udp(a, b, new string('y', random.Next(60)), checksum: random.Next(3) > 0);
        return random.Next(5) switch
        {
            0 => Wire.Icmp(from.Split(':')[0], to.Split(':')[0], (byte)random.Next(20), (byte)random.Next(6), (uint)random.Next(), Transport(to, from)[..random.Next(8, 28)]),
            1 => Wire.Echo(from.Split(':')[0], to.Split(':')[0], (ushort)random.Next(100), random.Next(2) == 0),
            _ => Transport(from, to),
        };
    }

    private static void Disturb(TestDirector director, Random random)
    {
        director.Core.Tick(director.Now);
        director.Core.SetTimersFrozen(random.Next(10) == 0, director.Now);
        director.Service("192.0.2.100:80/tcp", random.Next(2) == 0 ? "wrr" : "wlc", [.. Enumerable.Range(2, random.Next(4)).Select(i => $"10.0.0.{i}:8080 w{random.Next(4)}")]);
        ConnectionChange[] changes = new ConnectionChange[random.Next(1, 500)];
        director.Core.TakeChanges(changes, director.Now);
        if (director.Core.ChangeLogOverflowed)
        {
            director.Core.EnableChangeLog(true);
        }
    }
}
