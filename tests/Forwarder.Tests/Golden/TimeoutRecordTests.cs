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

    /// <summary>The kernel opens a connection on a client's stray SYN+ACK. We answer it like a closed port: nobody opens with SYN+ACK.</summary>
    private static readonly (string State, string Packet)[] BetterThanKernel = [("NONE", "client SYN+ACK")];

    private static readonly JsonElement Record = GoldenRecords.Read("timeouts.json");

    public static TheoryData<string, string> Transitions()
    {
        TheoryData<string, string> rows = [];
        foreach (JsonElement row in Record.GetProperty("transitions").EnumerateArray())
        {
            rows.Add(row.GetProperty("state").GetString()!, row.GetProperty("packet").GetString()!);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Segment_InState_NextStateTimeoutAndCountOfKernel(string state, string packet)
    {
        JsonElement row = Record.GetProperty("transitions").EnumerateArray()
            .Single(r => r.GetProperty("state").GetString() == state && r.GetProperty("packet").GetString() == packet);
        TestDirector director = InState(state);
        director.Wait(1);
        Send(director, packet);

        bool better = BetterThanKernel.Contains((state, packet));
        Check(director, better ? "NONE" : row.GetProperty("next").GetString()!, row.GetProperty("expires"), better ? "not at all" : row.GetProperty("counted").GetString()!);
    }

    [Fact]
    public void ChangedTimeouts_EstablishedAndFinWait_AsIpvsadmSet()
    {
        foreach (JsonProperty time in Record.GetProperty("after ipvsadm --set 1111 222 33").EnumerateObject())
        {
            TestDirector director = InState(time.Name, new() { Tcp = TimeSpan.FromSeconds(1111), TcpFin = TimeSpan.FromSeconds(222), Udp = TimeSpan.FromSeconds(33) });
            Assert.Equal(time.Value.GetUInt32() * 1000, Assert.Single(director.Connections()).RemainingMilliseconds);
        }
    }

    private static TestDirector InState(string state, ConnectionTimeouts? timeouts = null)
    {
        TestDirector director = new(o => o with { Timeouts = timeouts ?? o.Timeouts });
        director.Service($"{Virtual}/tcp", "rr", Server);
        foreach (string segment in PathTo(state))
        {
            Send(director, segment);
        }

        return director;
    }

    private static IEnumerable<string> PathTo(string state) => state == "NONE"
        ? []
        : Record.GetProperty("first_seen").EnumerateArray().Single(f => f.GetProperty("state").GetString() == state)
            .GetProperty("path").EnumerateArray().Select(p => p.GetString()!);

    private static void Send(TestDirector director, string packet)
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
        director.Send(fromClient ? Wire.Tcp(Client, Virtual, flags) : Wire.Tcp(Server, Client, flags));
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
