using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Helpers;

public sealed class TftpChannelTests
{
    private const string Client = "192.0.2.11:3000";
    private const string Service = "192.0.2.100:69";
    private const string ReadRequest = "\u0000\u0001file\0octet\0";

    [Theory]
    [InlineData(ReadRequest)]
    [InlineData("\u0000\u0002file\0octet\0")]
    public void Request_ServerAnswersFromAnotherPort_BothWaysUnderTheVirtualAddress(string request)
    {
        TestDirector director = Director();
        Assert.Equal($"{Client} > 10.0.0.2:69 UDP", director.Answer(Wire.Udp(Client, Service, request)));
        Assert.Equal($"192.0.2.100:5555 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.2:5555", Client, "data")));
        Assert.Equal($"{Client} > 10.0.0.2:5555 UDP", director.Answer(Wire.Udp(Client, "192.0.2.100:5555", "ack")));
        ConnectionRecord transfer = director.Connections().Single(c => c.ControlVirtualPort == 69);
        Assert.Equal((3000, 69, ConnectionState.Udp), (transfer.ControlClientPort, transfer.ServicePort, transfer.State));
        Assert.Equal(2, director.Servers($"{Service}/udp").Single().InactiveConnections);
    }

    [Fact]
    public void Request_PortOfTheServerIsAServices_GetsAnother()
    {
        TestDirector director = Director();
        director.Send(Wire.Udp(Client, Service, ReadRequest));
        byte[] left = director.Send(Wire.Udp("10.0.0.2:53", Client, "data"))!;
        Assert.StartsWith("192.0.2.100:", Wire.Describe(left), StringComparison.Ordinal);
        ushort port = director.Connections().Single(c => c.ControlVirtualPort == 69).VirtualPort;
        Assert.InRange(port, 1024, 65_535);
        Assert.Equal($"{Client} > 10.0.0.2:53 UDP", director.Answer(Wire.Udp(Client, $"192.0.2.100:{port}", "ack")));
    }

    [Fact]
    public void Answer_NobodyAsked_Passes()
    {
        TestDirector director = Director();
        Assert.Equal($"10.0.0.2:5555 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.2:5555", Client, "data")));
        director.Send(Wire.Udp(Client, Service, "\u0000\u0004\u0000\u0001"));
        Assert.Single(director.Connections());
    }

    [Fact]
    public void Request_Repeated_OneTransferIsExpected()
    {
        TestDirector director = Director();
        director.Send(Wire.Udp(Client, Service, ReadRequest));
        director.Send(Wire.Udp(Client, Service, ReadRequest));
        Assert.Equal(2, director.Connections().Length);
        Assert.Equal($"192.0.2.100:5555 > {Client} UDP", director.Answer(Wire.Udp("10.0.0.2:5555", Client, "data")));
        Assert.Equal(2, director.Connections().Length);
    }

    [Fact]
    public void Request_TakenOverBeforeTheAnswer_IsStillExpected()
    {
        TestDirector director = Director();
        director.Send(Wire.Udp(Client, Service, ReadRequest));
        TestDirector standby = Director();
        foreach (ConnectionRecord record in director.Connections())
        {
            Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        }

        Assert.Equal($"192.0.2.100:5555 > {Client} UDP", standby.Answer(Wire.Udp("10.0.0.2:5555", Client, "data")));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void Request_TableFull_NeverGivesUpTheRequestItself(int capacity, int dropped)
    {
        TestDirector director = Director(capacity);
        if (capacity > 1)
        {
            director.Send(Wire.Udp("192.0.2.12:3000", "192.0.2.100:53"));
        }

        Assert.NotNull(director.Send(Wire.Udp(Client, Service, ReadRequest)));
        Assert.Equal(dropped, director.Core.Counters.Dropped(DropReason.TableFull));
        Assert.Equal(capacity, director.Connections().Count(c => c.ClientPort == 3000 && c.Client == Ip.Parse("192.0.2.11")));
        director.Wait(400);
        Assert.Equal(0, director.Core.ConnectionCount);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    private static TestDirector Director(int capacity = 4096)
    {
        TestDirector director = new(o => o with { Capacity = capacity });
        director.Core.ApplyServices(
        [
            new(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 69, "rr", [new(Ip.Parse("10.0.0.2"), 69, 1)]) { Helper = "tftp" },
            new(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 53, "rr", [new(Ip.Parse("10.0.0.2"), 53, 1)]),
        ]);
        return director;
    }
}
