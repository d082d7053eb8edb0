using System.Text.Json;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Every transition of the kernel's TCP states that its record holds, driven by packets through the whole core.</summary>
public sealed class TimeoutRecordTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Server = "10.0.0.50:80";
    private const string Virtual = "192.0.2.100:80";

    /// <summary>The kernel opens a connection on a client's stray SYN+ACK. We answer it like a closed port, unless sloppy_tcp asks for the kernel's way.</summary>
    private static readonly (string State, string Packet)[] BetterThanKernel = [("NONE", "client SYN+ACK")];

    private static readonly Dictionary<string, JsonElement> Records = GoldenRecords.Names("")
        .Select(n => (Name: n, Record: GoldenRecords.Read($"{n}.json"))).Where(r => r.Record.TryGetProperty("transitions", out _)).ToDictionary(r => r.Name, r => r.Record);

    /// <summary>Records whose times were changed by ipvsadm, with that command.</summary>
    public static TheoryData<string, string> Changed()
    {
        TheoryData<string, string> rows = [];
        foreach ((string name, JsonElement record) in Records)
        {
            foreach (JsonProperty property in record.EnumerateObject().Where(p => p.Name.StartsWith("after ipvsadm --set ", StringComparison.Ordinal)))
            {
                rows.Add(name, property.Name);
            }
        }

        return rows;
    }

    public static TheoryData<string, string, string> Transitions()
    {
        TheoryData<string, string, string> rows = [];
        foreach ((string name, JsonElement record) in Records)
        {
            foreach (JsonElement row in record.GetProperty("transitions").EnumerateArray())
            {
                rows.Add(name, row.GetProperty("state").GetString()!, row.GetProperty("packet").GetString()!);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Segment_InState_NextStateTimeoutAndCountOfKernel(string record, string state, string packet)
    {
        JsonElement row = Records[record].GetProperty("transitions").EnumerateArray()
            .Single(r => r.GetProperty("state").GetString() == state && r.GetProperty("packet").GetString() == packet);
        TestDirector director = InState(record, state);
        director.Wait(1);
        new Segments(director).Send(packet);

        bool better = BetterThanKernel.Contains((state, packet)) && !SettingsOf(record).Contains(("net.ipv4.vs.sloppy_tcp", 1));
        Check(director, better ? "NONE" : row.GetProperty("next").GetString()!, row.GetProperty("expires"), better ? "not at all" : row.GetProperty("counted").GetString()!);
    }

    [Theory]
    [MemberData(nameof(Changed))]
    public void ChangedTimeouts_EveryState_AsIpvsadmSet(string record, string after)
    {
        int[] seconds = [.. after.Split(' ')[3..].Select(int.Parse)];
        ConnectionTimeouts timeouts = new() { Tcp = TimeSpan.FromSeconds(seconds[0]), TcpFin = TimeSpan.FromSeconds(seconds[1]), Udp = TimeSpan.FromSeconds(seconds[2]) };
        foreach (JsonProperty time in Records[record].GetProperty(after).EnumerateObject())
        {
            Assert.Equal(time.Value.GetUInt32() * 1000, Assert.Single(InState(record, time.Name, timeouts).Connections()).RemainingMilliseconds);
        }
    }

    private static TestDirector InState(string record, string state, ConnectionTimeouts? timeouts = null)
    {
        TestDirector director = new(o => o with { Timeouts = timeouts ?? o.Timeouts });
        foreach ((string name, int value) in SettingsOf(record))
        {
            KernelSettings.Set(director, name, value);
        }

        director.Wait(2); // update_defense_level works once a second.
        director.Service($"{Virtual}/tcp", "rr", Server);
        foreach (string segment in PathTo(record, state))
        {
            new Segments(director).Send(segment);
        }

        return director;
    }

    /// <summary>What the record lists; one that lists nothing says by its name that secure_tcp was on, which is 3.</summary>
    private static IEnumerable<(string Name, int Value)> SettingsOf(string name)
    {
        if (Records[name].TryGetProperty("sysctls", out JsonElement sysctls))
        {
            return sysctls.EnumerateObject().Select(s => (s.Name, s.Value.GetInt32()));
        }

        return name.Contains("secure_tcp", StringComparison.Ordinal) ? [("net.ipv4.vs.secure_tcp", 3)] : [];
    }

    private static IEnumerable<string> PathTo(string record, string state) => state == "NONE"
        ? []
        : Records[record].GetProperty("first_seen").EnumerateArray().Single(f => f.GetProperty("state").GetString() == state)
            .GetProperty("path").EnumerateArray().Select(p => p.GetString()!);

    /// <summary>The kernel looks at no sequence numbers; ours have to be what two hosts would send, or a reset would not count.</summary>
    private sealed class Segments(TestDirector director)
    {
        public void Send(string packet)
        {
            string flags = packet.Split(' ')[1] switch
            {
                "SYN" => "S",
                "SYN+ACK" => "SA",
                "ACK" => "A",
                "FIN+ACK" => "FA",
                "RST+ACK" => "RA",
                _ => throw new InvalidOperationException(packet),
            };
            bool fromClient = packet.StartsWith("client", StringComparison.Ordinal);
            uint sequence = flags[0] == 'S' ? 1000u : 1001u;
            director.Send(fromClient ? Wire.Tcp(Client, Virtual, flags, "", sequence, 1001) : Wire.Tcp(Server, Client, flags, "", sequence, 1001));
        }
    }

    private static void Check(TestDirector director, string next, JsonElement expires, string counted)
    {
        var counts = Assert.Single(director.Servers($"{Virtual}/tcp"));
        Assert.Equal(counted, counts.ActiveConnections > 0 ? "active" : counts.InactiveConnections > 0 ? "inactive" : "not at all");
        if (next == "NONE")
        {
            Assert.Empty(director.Connections());
            return;
        }

        ConnectionRecord connection = Assert.Single(director.Connections());
        Assert.Equal(next, KernelNames.Of(connection.State));

        // The record shows whole seconds, rounded down, a few milliseconds after the packet.
        Assert.Equal((expires.GetUInt32() + 1) * 1000, connection.RemainingMilliseconds);
    }
}
