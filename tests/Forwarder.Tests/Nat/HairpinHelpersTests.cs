using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Helpers;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Nat;

/// <summary>Clients in the servers' own network with FTP in all four forms, TFTP and one-packet services: the server sees the gateway.</summary>
public sealed class HairpinHelpersTests
{
    private sealed record Network(string Client, string Vip, string Server, string Gateway)
    {
        public string Ftp => $"{Vip}:21";
    }

    private static readonly Network V4 = new("10.0.0.50", "192.0.2.100", "10.0.0.2", "10.0.0.1");
    private static readonly Network V6 = new("[fd00::50]", "[2001:db8::100]", "[fd00::2]", "[fd00::1]");

    [Theory]
    [InlineData("PASV\r\n", "227 Entering Passive Mode (10,0,0,2,156,64).\r\n", "227 Entering Passive Mode (192,0,2,100,156,64).\r\n")]
    [InlineData("EPSV\r\n", "229 ok (|||40000|)\r\n", "229 ok (|||40000|)\r\n")]
    public void Passive_ClientOpensTheDataConnection_UnderTheGateway(string command, string reply, string read) => Passive(V4, command, reply, read);

    [Fact]
    public void Passive_V6_UnderTheGateway() => Passive(V6, "EPSV 2\r\n", "229 ok (|||40000|)\r\n", "229 ok (|||40000|)\r\n");

    [Theory]
    [InlineData("PORT 10,0,0,50,39,16\r\n", "PORT 10,0,0,1,39,16\r\n", 10_000)]
    [InlineData("eprt |1|10.0.0.50|10000|\r\n", "eprt |1|10.0.0.1|10000|\r\n", 10_000)]
    [InlineData("EPRT !1!10.0.0.50!10000!\r\n", "EPRT !1!10.0.0.1!10000!\r\n", 10_000)]
    public void Active_ServerOpensTheDataConnection_ToTheGateway(string command, string heard, int port) => Active(V4, command, heard, port);

    [Theory]
    [InlineData("EPRT |2|fd00::50|10000|\r\n", "EPRT |2|fd00::1|10000|\r\n", 10_000)]
    [InlineData("EPRT |2|FD00:0:0:0:0:0:0:50|10000|\r\n", "EPRT |2|fd00::1|10000|\r\n", 10_000)]
    public void Active_V6_ToTheGateway(string command, string heard, int port) => Active(V6, command, heard, port);

    /// <summary>Two clients of one port, and a port that is not ours to give: the command names another.</summary>
    [Fact]
    public void Active_PortTaken_CommandNamesAnother()
    {
        TestDirector director = Director();
        FtpConversation first = Begin(director, V4, 2000);
        FtpConversation second = new(director, "10.0.0.51:2001", V4.Ftp, "10.0.0.2:21", null, "10.0.0.1:2001");
        Assert.Equal("PORT 10,0,0,1,39,16\r\n", first.ClientSays("PORT 10,0,0,50,39,16\r\n"));
        string heard = second.ClientSays("PORT 10,0,0,51,39,16\r\n");
        string high = second.ClientSays("PORT 10,0,0,51,200,10\r\n");
        foreach ((string text, int port) in new[] { (heard, 10_000), (high, 51_210) })
        {
            int named = PortOf(text);
            Assert.NotEqual(port, named);
            Assert.InRange(named, 1024, 32_767);
            Assert.Equal($"192.0.2.100:20 > 10.0.0.51:{port} S", director.Answer(Wire.Tcp("10.0.0.2:20", $"10.0.0.1:{named}", "S")));
        }

        Assert.Equal("192.0.2.100:20 > 10.0.0.50:10000 S", director.Answer(Wire.Tcp("10.0.0.2:20", "10.0.0.1:10000", "S")));
    }

    /// <summary>Numbers move both ways at once, segments are cut, lost, repeated and overtake each other: both streams stay whole.</summary>
    [Fact]
    public void Dialogue_LossRepetitionAndDisorder_BothStreamsStayWhole()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random chance = new(seed);
            FtpConversation ftp = Begin(Director(), V4, 2000, chance);
            for (int i = 0; i < 6; i++)
            {
                string heard = ftp.ClientSays($"PORT 10,0,0,50,39,{20 + i}\r\n");
                Assert.True(heard == $"PORT 10,0,0,1,39,{20 + i}\r\n", $"seed {seed}: {heard}{ftp.Log}");
                Assert.Equal("200 ok\r\n", ftp.ServerSays("200 ok\r\n", 3));
                Assert.Equal("LIST\r\nNOOP\r\n", ftp.ClientSays("LIST\r\nNOOP\r\n", 2, 7));
                Assert.Equal("PASV\r\n", ftp.ClientSays("PASV\r\n", 2));
                Assert.Equal($"227 ok (192,0,2,100,156,{64 + i})\r\n", ftp.ServerSays($"227 ok (10,0,0,2,156,{64 + i})\r\n", 12, 17));
            }
        }
    }

    [Fact]
    public void Active_CommandCutWithinTheAddress_CountedAndStreamWhole()
    {
        FtpConversation ftp = Begin(Director(), V4, 2000);
        Assert.Equal("PORT 10,0,0,50,39,16\r\n", ftp.ClientSays("PORT 10,0,0,50,39,16\r\n", 10));
        Assert.Empty(ftp.Expected);
        Assert.Equal(1, ftp.Director.Core.Counters.CutCommands);
        Assert.Equal("PORT 10,0,0,1,39,16\r\n", ftp.ClientSays("PORT 10,0,0,50,39,16\r\n", 3));
        Assert.Single(ftp.Expected);
    }

    [Theory]
    [InlineData("PORT 10,0,0,51,39,16\r\n")]
    [InlineData("PORT 10,0,0,1,39,16\r\n")]
    [InlineData("EPRT |1|192.0.2.11|10000|\r\n")]
    public void Active_NamesAnother_UnchangedNothingOpened(string command)
    {
        FtpConversation ftp = Begin(Director(), V4, 2000);
        Assert.Equal(command, ftp.ClientSays(command));
        Assert.Empty(ftp.Expected);
    }

    [Fact]
    public void Takeover_CommandRepeated_SameBytesAndDialogueGoesOn()
    {
        TestDirector active = Director();
        active.Core.EnableChangeLog(true);
        FtpConversation ftp = Begin(active, V4, 2000);
        byte[] command = Assert.Single(ftp.Client.Write("PORT 10,0,0,50,200,16\r\n"));
        byte[] before = active.Send(command)!;
        TestDirector standby = Director(1);
        ConnectionChange[] changes = new ConnectionChange[16];
        int taken = active.Core.TakeChanges(changes, active.Now);
        Assert.All(changes[..taken], c => Assert.True(standby.Core.ApplyRemote(c, standby.Now)));
        Assert.Equal(before, standby.Send(command));
        int named = standby.Connections().Single(c => c.State == ConnectionState.Listen).GatewayPort;
        Assert.Equal("192.0.2.100:20 > 10.0.0.50:51216 S", standby.Answer(Wire.Tcp("10.0.0.2:20", $"10.0.0.1:{named}", "S")));
        byte[] next = standby.Send(Assert.Single(ftp.Client.Write("NOOP\r\n")))!;
        Assert.Equal(Guard.TcpTalk.Sequence(before) + (uint)(before.Length - 40), Guard.TcpTalk.Sequence(next));
    }

    [Fact]
    public void Ports_AllTaken_DataConnectionRefusedAndCounted()
    {
        TestDirector director = Director(capacity: 40_000);
        FtpConversation ftp = Begin(director, V4, 2000);
        ftp.ClientSays("PASV\r\n");
        ftp.ServerSays("227 ok (10,0,0,2,0,80)\r\n");
        for (int port = 1024; port < 32_768; port++)
        {
            ConnectionRecord taken = new(
                ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("10.0.0.60"), (ushort)port, Ip.Parse("192.0.2.100"), 21, Ip.Parse("10.0.0.2"), 80,
                ConnectionState.Established, 900_000);
            taken = taken with { Traits = ConnectionTraits.Hairpin, Gateway = Ip.Parse("10.0.0.1"), GatewayPort = (ushort)port };
            director.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, taken), director.Now);
        }

        Assert.Null(director.Send(Wire.Tcp("10.0.0.50:3000", "192.0.2.100:80", "S")));
        Assert.Equal(1, director.Core.Counters.Dropped(DropReason.PortsExhausted));
    }

    [Theory]
    [InlineData("10.0.0.50:3000", "192.0.2.100", "10.0.0.2", "10.0.0.1:3000")]
    [InlineData("[fd00::50]:3000", "[2001:db8::100]", "[fd00::2]", "[fd00::1]:3000")]
    public void Tftp_ServerAnswersFromAnotherPort_BothWaysUnderTheGateway(string client, string vip, string server, string gateway)
    {
        TestDirector director = Director();
        (byte[] In, string Out)[] table =
        [
            (Wire.Udp(client, $"{vip}:69", "\u0000\u0001file\0octet\0"), $"{gateway} > {server}:69 UDP"),
            (Wire.Udp($"{server}:5555", gateway, "data"), $"{vip}:5555 > {client} UDP"),
            (Wire.Udp(client, $"{vip}:5555", "ack"), $"{gateway} > {server}:5555 UDP"),
            (Wire.Udp($"{server}:5555", gateway, "data"), $"{vip}:5555 > {client} UDP"),
            (Wire.Udp(client, $"{vip}:69", "\u0000\u0001file\0octet\0"), $"{gateway} > {server}:69 UDP"),
            (Wire.Udp($"{server}:53", gateway, "data of a port that is a service's"), $"{vip}:[0-9]+ > {client} UDP"),
        ];
        foreach ((byte[] packet, string expected) in table)
        {
            byte[] left = director.Send(packet)!;
            Assert.Matches("^" + expected.Replace("[0-9]+", "#", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal)
                .Replace("#", "[0-9]+", StringComparison.Ordinal) + "$", Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
        }
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(45_000)]
    public void OnePacket_ManyDatagrams_AnswersComeBackOneWayEach(int port)
    {
        TestDirector director = Director();
        string client = $"10.0.0.50:{port}";
        HashSet<string> seen = [];
        for (int i = 0; i < 50; i++)
        {
            string[] left = director.Answer(Wire.Udp(client, "192.0.2.100:53", "q")).Split(' ');
            seen.Add(left[0]);
            Assert.StartsWith("10.0.0.1:", left[0], StringComparison.Ordinal);
            Assert.Equal($"192.0.2.100:53 > {client} UDP", director.Answer(Wire.Udp(left[2], left[0], "a")));
        }

        Assert.Equal((1, 2), (seen.Count, director.Core.ConnectionCount)); // One way to each server.
        string other = director.Answer(Wire.Udp($"10.0.0.51:{port}", "192.0.2.100:53", "q")).Split(' ')[0];
        Assert.NotEqual(seen.Single(), other);
        Assert.Equal($"192.0.2.100:53 > {client} UDP", director.Answer(Wire.Udp("10.0.0.2:53", seen.Single(), "late")));
    }

    private static void Passive(Network net, string command, string reply, string read)
    {
        TestDirector director = Director();
        FtpConversation ftp = Begin(director, net, 2000);
        ftp.ClientSays(command);
        Assert.Equal(read, ftp.ServerSays(reply));
        Assert.Equal("150 here\r\n", ftp.ServerSays("150 here\r\n"));
        Check(director,
            (Wire.Tcp($"{net.Client}:3000", $"{net.Vip}:40000", "S"), $"{net.Gateway}:3000 > {net.Server}:40000 S"),
            (Wire.Tcp($"{net.Server}:40000", $"{net.Gateway}:3000", "SA"), $"{net.Vip}:40000 > {net.Client}:3000 SA"),
            (Wire.Tcp($"{net.Client}:3000", $"{net.Vip}:40000", "PA", "data"), $"{net.Gateway}:3000 > {net.Server}:40000 PA"));
        Assert.Equal(2, director.Connections().Count(c => (c.Traits & ConnectionTraits.Hairpin) != 0));
    }

    private static void Active(Network net, string command, string heard, int port)
    {
        TestDirector director = Director();
        FtpConversation ftp = Begin(director, net, 2000);
        Assert.Equal(heard, ftp.ClientSays(command));
        Assert.Equal("200 ok\r\n", ftp.ServerSays("200 ok\r\n"));
        Assert.Equal("LIST\r\n", ftp.ClientSays("LIST\r\n"));
        Check(director,
            (Wire.Tcp($"{net.Server}:20", $"{net.Gateway}:{port}", "S"), $"{net.Vip}:20 > {net.Client}:{port} S"),
            (Wire.Tcp($"{net.Client}:{port}", $"{net.Vip}:20", "SA"), $"{net.Gateway}:{port} > {net.Server}:20 SA"),
            (Wire.Tcp($"{net.Server}:20", $"{net.Gateway}:{port}", "PA", "data"), $"{net.Vip}:20 > {net.Client}:{port} PA"));
        Assert.Equal(2, director.Connections().Length);
    }

    private static void Check(TestDirector director, params (byte[] In, string Out)[] table)
    {
        foreach ((byte[] packet, string expected) in table)
        {
            byte[] left = director.Send(packet)!;
            Assert.Equal(expected, Wire.Describe(left));
            Assert.True(ReferenceChecksum.IsValid(left), expected);
        }
    }

    private static FtpConversation Begin(TestDirector director, Network net, int port, Random? chance = null) =>
        new(director, $"{net.Client}:{port}", net.Ftp, $"{net.Server}:21", chance, $"{net.Gateway}:{port}");

    private static int PortOf(string command)
    {
        string[] numbers = command.TrimEnd().Split(',');
        return (Number(numbers[^2]) << 8) | Number(numbers[^1]);
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static TestDirector Director(int node = 0, int capacity = 4096)
    {
        TestDirector director = new(o => o with
        {
            Capacity = capacity,
            Inside = (Ip.Parse("10.0.0.0"), 24),
            InsideV6 = (Ip.Parse("fd00::"), 64),
            Gateway = Ip.Parse("10.0.0.1"),
            GatewayV6 = Ip.Parse("fd00::1"),
            NodeIndex = node,
        });
        Ip vip = Ip.Parse(TestDirector.Vip);
        Ip vip6 = Ip.Parse(TestDirector.Vip6);
        RealServerConfig server(ushort port, int host = 2) => new(Ip.Parse($"10.0.0.{host}"), port, 1);
        RealServerConfig server6(ushort port) => new(Ip.Parse("fd00::2"), port, 1);
        director.Core.ApplyServices(
        [
            new(TransportProtocol.Tcp, vip, 21, "rr", [server(21)]), new(TransportProtocol.Tcp, vip6, 21, "rr", [server6(21)]),
            new(TransportProtocol.Udp, vip, 69, "rr", [server(69)]) { Helper = "tftp" },
            new(TransportProtocol.Udp, vip6, 69, "rr", [server6(69)]) { Helper = "tftp" },
            new(TransportProtocol.Udp, vip, 53, "rr", [server(53), server(53, 3)]) { OnePacket = true },
            new(TransportProtocol.Udp, vip6, 53, "rr", [server6(53)]),
        ]);
        return director;
    }
}
