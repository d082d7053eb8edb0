using System.Text.Json;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Every transition of the kernel's TCP states that its record holds, driven by packets through the whole core.</summary>
public sealed class TimeoutRecordTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Server = "10.0.0.50:80";
    private const string Virtual = "192.0.2.100:80";

    /// <summary>The kernel opens a connection on a client's stray SYN+ACK. We answer it like a closed port: nobody opens with SYN+ACK.</summary>
    private static readonly (string State, string Packet)[] BetterThanKernel = [("NONE", "client SYN+ACK")];

    /// <summary>The record of secure_tcp 3 stands beside the other where it was taken.</summary>
    private static readonly string[] Names = [.. new[] { "timeouts", "timeouts_secure_tcp" }.Where(n => File.Exists(Path.Combine(GoldenRecords.Folder, $"{n}.json")))];

    private static readonly Dictionary<string, JsonElement> Records = Names.ToDictionary(n => n, n => GoldenRecords.Read($"{n}.json"));

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

        bool better = BetterThanKernel.Contains((state, packet));
        Check(director, better ? "NONE" : row.GetProperty("next").GetString()!, row.GetProperty("expires"), better ? "not at all" : row.GetProperty("counted").GetString()!);
    }

    [Fact]
    public void ChangedTimeouts_EstablishedAndFinWait_AsIpvsadmSet()
    {
        foreach (JsonProperty time in Records["timeouts"].GetProperty("after ipvsadm --set 1111 222 33").EnumerateObject())
        {
            TestDirector director = InState("timeouts", time.Name, new() { Tcp = TimeSpan.FromSeconds(1111), TcpFin = TimeSpan.FromSeconds(222), Udp = TimeSpan.FromSeconds(33) });
            Assert.Equal(time.Value.GetUInt32() * 1000, Assert.Single(director.Connections()).RemainingMilliseconds);
        }
    }

    private static TestDirector InState(string record, string state, ConnectionTimeouts? timeouts = null)
    {
        IpvsSettings ipvs = new() { SecureTcp = record == "timeouts" ? 0 : 3 };
        TestDirector director = new(o => o with { Timeouts = timeouts ?? o.Timeouts, Ipvs = ipvs });
        director.Wait(2); // update_defense_level works once a second.
        director.Service($"{Virtual}/tcp", "rr", Server);
        foreach (string segment in PathTo(record, state))
        {
            new Segments(director).Send(segment);
        }

        return director;
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
