using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Helpers;

/// <summary>FTP as a stream: docs/adr/0015-ftp-is-a-stream.md, statement by statement.</summary>
public sealed class FtpChannelTests
{
    private const string Client = "192.0.2.11:40001";
    private const string Service = "192.0.2.100:21";
    private const string Server = "10.0.0.2:21";
    private const string Reply = "227 Entering Passive Mode (10,0,0,2,156,64).\r\n";
    private const string Rewritten = "227 Entering Passive Mode (192,0,2,100,156,64).\r\n";

    [Fact]
    public void FromServer_ReplyCutAnywhere_ClientReadsTheVirtualAddress()
    {
        for (int first = 1; first < Reply.Length; first++)
        {
            for (int second = first + 1; second <= Reply.Length; second++)
            {
                FtpConversation ftp = Begin();
                ftp.ClientSays("PASV\r\n");
                int[] cuts = second == Reply.Length ? [first] : [first, second];
                Assert.Equal(Rewritten, ftp.ServerSays(Reply, cuts));
                Assert.Equal((0, 40_000, 40_000), Assert.Single(ftp.Expected) is var c ? (c.ClientPort, c.VirtualPort, c.ServerPort) : default);
                Assert.Equal("226 done\r\n", ftp.ServerSays("226 done\r\n"));
            }
        }
    }

    [Fact]
    public void FromServer_ReplyByteByByte_ClientReadsTheVirtualAddress()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n", 1, 2, 3, 4, 5);
        Assert.Equal(Rewritten, ftp.ServerSays(Reply, [.. Enumerable.Range(1, Reply.Length - 1)]));
        Assert.Single(ftp.Expected);
    }

    [Fact]
    public void FromServer_ShorterVirtualAddressCutAnywhere_ClientReadsIt()
    {
        const string Long = "227 Entering Passive Mode (10,0,0,200,156,64).\r\n";
        for (int cut = 1; cut < Long.Length; cut++)
        {
            TestDirector director = new TestDirector().Service("192.0.2.1:21/tcp", "rr", "10.0.0.200:21");
            FtpConversation ftp = new(director, Client, "192.0.2.1:21", "10.0.0.200:21");
            ftp.ClientSays("PASV\r\n");
            Assert.Equal("227 Entering Passive Mode (192,0,2,1,156,64).\r\n", ftp.ServerSays(Long, cut));
            Assert.Equal("150 x\r\n", ftp.ServerSays("150 x\r\n"));
        }
    }

    [Theory]
    [InlineData("229 Extended (|||40000|)\r\n", "229 Extended (|||40000|)\r\n")]
    [InlineData("229 Extended (|1|10.0.0.2|40000|)\r\n", "229 Extended (|||40000|)\r\n")]
    public void FromServer_ExtendedReplyCutAnywhere_NamesOnlyThePort(string reply, string read)
    {
        for (int cut = 1; cut < reply.Length; cut++)
        {
            FtpConversation ftp = Begin();
            ftp.ClientSays("epsv 1\r\n");
            Assert.Equal(read, ftp.ServerSays(reply, cut));
            Assert.Equal(40_000, Assert.Single(ftp.Expected).VirtualPort);
            Assert.Equal("150 x\r\n", ftp.ServerSays("150 x\r\n"));
        }
    }

    [Theory]
    [InlineData("PORT 192,0,2,11,200,10\r\n")]
    [InlineData("eprt |1|192.0.2.11|51210|\r\n")]
    public void FromClient_CommandCutAnywhere_ServersConnectionIsExpected(string command)
    {
        for (int cut = 1; cut < command.Length; cut++)
        {
            FtpConversation ftp = Begin();
            Assert.Equal(command, ftp.ClientSays(command, cut));
            ConnectionRecord expected = Assert.Single(ftp.Expected);
            Assert.Equal(("192.0.2.11:51210", "192.0.2.100:20", "10.0.0.2:20"), Ends(expected));
        }
    }

    [Fact]
    public void FromBoth_LossRepetitionAndDisorder_StreamsStayWhole()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random chance = new(seed);
            FtpConversation ftp = new(Director(), Client, Service, Server, chance);
            for (int i = 0; i < 6; i++)
            {
                bool extended = chance.Next(3) == 0;
                string command = extended ? "EPSV\r\n" : "PASV\r\n";
                string reply = extended ? $"229 ok (|1|10.0.0.2|{40_000 + i}|)\r\n" : Reply.Replace("156,64", $"156,{64 + i}", StringComparison.Ordinal);
                string read = extended ? $"229 ok (|||{40_000 + i}|)\r\n" : Rewritten.Replace("156,64", $"156,{64 + i}", StringComparison.Ordinal);
                Assert.Equal(command, ftp.ClientSays(command, Cuts(chance, command)));
                string heard = ftp.ServerSays(reply, Cuts(chance, reply));
                Assert.True(read == heard, $"seed {seed}: {heard}{ftp.Log}");
                Assert.Equal("150 here\r\n226 done\r\n", ftp.ServerSays("150 here\r\n226 done\r\n", Cuts(chance, "150 here\r\n226 done\r\n")));
                Assert.Contains(ftp.Expected, c => c.VirtualPort == 40_000 + i);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("PASV \r\n")]
    [InlineData("PASV\n")]
    [InlineData("PASVX\r\n")]
    [InlineData("EPSV\r\n")]
    [InlineData("PASV\r\nPORT 192,0,2,11,200,10\r\n")]
    public void FromServer_ReplyThatWasNotAskedFor_OpensNothing(string command)
    {
        TestDirector director = Director();
        director.Send(Wire.Tcp(Client, Service, "S", seq: 999));
        director.Send(Wire.Tcp(Server, Client, "SA", seq: 4999, ack: 1000));
        director.Send(Wire.Tcp(Client, Service, "PA", command, seq: 1000, ack: 5000));
        director.Send(Wire.Tcp(Server, Client, "PA", Reply, seq: 5000, ack: 1000));
        Assert.DoesNotContain(director.Connections(), c => c.VirtualPort == 40_000);
    }

    [Theory]
    [InlineData("10,0,0,3", 0)]
    [InlineData("198,51,100,7", 0)]
    [InlineData("192,0,2,100", 1)]
    public void FromServer_ReplyNamingAnotherAddress_OpensNoWayToIt(string address, int expected)
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        Assert.Equal("227 ok (192,0,2,100,156,64)\r\n", ftp.ServerSays($"227 ok ({address},156,64)\r\n"));
        Assert.Equal(expected, ftp.Expected.Count());
        Assert.All(ftp.Expected, c => Assert.Equal("10.0.0.2", c.Server.ToString()));
    }

    [Theory]
    [InlineData("PORT 192,0,2,12,200,10\r\n")]
    [InlineData("EPRT |1|192.0.2.12|51210|\r\n")]
    [InlineData("EPRT |2|2001:db8::5|51210|\r\n")]
    [InlineData("PORT 192,0,2,11,200\r\n")]
    [InlineData("PORT 192,0,2,11,300,10\r\n")]
    [InlineData("EPRT |1|192.0.2.11|70000|\r\n")]
    [InlineData("EPRT |1|192.0.2|51210|\r\n")]
    public void FromClient_ForeignOrBrokenAddress_IsIgnored(string command)
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays(command);
        Assert.Empty(ftp.Expected);
    }

    [Fact]
    public void Data_PassiveConnection_GoesToTheSameServerAndHoldsItsControl()
    {
        TestDirector director = new TestDirector().Service($"{Service}/tcp", "rr", "10.0.0.2:21", "10.0.0.3:21");
        FtpConversation ftp = new(director, Client, Service, "10.0.0.3:21");
        ftp.ClientSays("PASV\r\n");
        ftp.ServerSays(Reply.Replace("10,0,0,2", "10,0,0,3", StringComparison.Ordinal));
        Assert.Equal("192.0.2.11:50001 > 10.0.0.3:40000 S", director.Answer(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "S")));
        director.Send(Wire.Tcp("10.0.0.3:40000", "192.0.2.11:50001", "SA"));
        director.Send(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "A"));
        for (int minute = 0; minute < 40; minute++)
        {
            director.Wait(60);
            director.Send(Wire.Tcp("10.0.0.3:40000", "192.0.2.11:50001", "PA", "data"));
        }

        Assert.Equal(2, director.Connections().Length);
        Assert.Equal("226 done\r\n", ftp.ServerSays("226 done\r\n"));
        Assert.Equal([1, 1], [director.Servers($"{Service}/tcp")[0].ActiveConnections - 1, director.Connections().Count(c => c.ControlVirtualPort == 21)]);
    }

    [Fact]
    public void Data_AnotherClientOrASecondConnection_IsRefused()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        ftp.ServerSays(Reply);
        Assert.Equal("192.0.2.100:40000 > 192.0.2.12:50001 RA", ftp.Director.Answer(Wire.Tcp("192.0.2.12:50001", "192.0.2.100:40000", "S")));
        Assert.Equal("192.0.2.100:40000 > 192.0.2.11:50001 R", ftp.Director.Answer(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "A")));
        Assert.Equal("192.0.2.11:50001 > 10.0.0.2:40000 S", ftp.Director.Answer(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "S")));
        Assert.Equal("192.0.2.100:40000 > 192.0.2.11:50002 RA", ftp.Director.Answer(Wire.Tcp("192.0.2.11:50002", "192.0.2.100:40000", "S")));
    }

    [Fact]
    public void Expected_TableFull_GivesWayItsControlStays()
    {
        TestDirector director = new TestDirector(o => o with { Capacity = 2 }).Service($"{Service}/tcp", "rr", Server);
        FtpConversation ftp = new(director, Client, Service, Server);
        ftp.ClientSays("PORT 192,0,2,11,200,10\r\n");
        Assert.Equal($"192.0.2.12:1 > {Server} S", director.Answer(Wire.Tcp("192.0.2.12:1", Service, "S")));
        Assert.Equal([ConnectionState.Established, ConnectionState.SynRecv], director.Connections().Select(c => c.State).Order());
        Assert.Equal(1, director.Core.Connections.Embryonic.HalfOpen);
        Assert.Equal("200 ok\r\n", ftp.ServerSays("200 ok\r\n"));
    }

    [Theory]
    [InlineData("PORT 192,0,2,11,200,")]
    [InlineData("EPRT |1|192.0.2.11|512")]
    public void Expected_ManyAnnounced_TheNewestEightStayCounted(string command)
    {
        FtpConversation ftp = Begin();
        foreach (int i in Enumerable.Range(10, 60))
        {
            ftp.ClientSays(command + i + (command[0] == 'E' ? "|\r\n" : "\r\n"));
        }

        Assert.Equal(8, ftp.Expected.Count());
        Assert.Equal(Enumerable.Range(62, 8), ftp.Expected.Select(c => c.ClientPort - 51_200).Order());
        Assert.Equal(52, ftp.Director.Core.Counters.EvictedExpected);
        Assert.True(TableCheck.IsWhole(ftp.Director.Core));
    }

    [Fact]
    public void Expected_SomeBegunSomeEnded_EightWaitBesideThem()
    {
        FtpConversation ftp = Begin();
        for (int i = 10; i < 30; i++)
        {
            ftp.ClientSays($"PORT 192,0,2,11,200,{i}\r\n");
            string left = ftp.Director.Answer(Wire.Tcp("10.0.0.2:20", $"192.0.2.11:{51_200 + i}", "S"));
            Assert.Equal($"192.0.2.100:20 > 192.0.2.11:{51_200 + i} S", left);
            ftp.Director.Send(Wire.Tcp($"192.0.2.11:{51_200 + i}", "192.0.2.100:20", "SA", seq: 4999, ack: 1001));
            ftp.Director.Send(Wire.Tcp("10.0.0.2:20", $"192.0.2.11:{51_200 + i}", "A", seq: 1001, ack: 5000));
        }

        foreach (int i in Enumerable.Range(30, 8).Append(30))
        {
            ftp.ClientSays($"PORT 192,0,2,11,200,{i}\r\n");
        }

        Assert.Equal((8, 0, 29), (ftp.Expected.Count(), ftp.Director.Core.Counters.EvictedExpected, ftp.Director.Connections().Length));
        ftp.ClientSays("PORT 192,0,2,11,200,50\r\n");
        Assert.DoesNotContain(ftp.Expected, c => c.ClientPort == 51_231); // The oldest: 30 was announced again.
        Assert.Contains(ftp.Expected, c => c.ClientPort == 51_230);
        ftp.Director.Wait(130);
        Assert.Empty(ftp.Expected);
        ftp.ClientSays("PORT 192,0,2,11,200,60\r\n");
        Assert.Equal(51_260, Assert.Single(ftp.Expected).ClientPort);
        Assert.True(TableCheck.IsWhole(ftp.Director.Core));
    }

    [Fact]
    public void Expected_AfterATakeover_StillBounded()
    {
        FtpConversation ftp = Begin();
        ftp.Director.Core.EnableChangeLog(true);
        for (int i = 10; i < 18; i++)
        {
            ftp.ClientSays($"PORT 192,0,2,11,200,{i}\r\n");
        }

        TestDirector standby = Director();
        Replicate(ftp.Director, standby);
        ftp.Director = standby;
        ftp.ClientSays("PORT 192,0,2,11,200,18\r\n");
        Assert.Equal((8, 1), (ftp.Expected.Count(), standby.Core.Counters.EvictedExpected));
        Assert.Contains(ftp.Expected, c => c.ClientPort == 51_218);
    }

    [Fact]
    public void FromClient_AcknowledgesWhatWasNeverSent_ReplyIsStillRewritten()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        ftp.Director.Send(Wire.Tcp(Client, Service, "A", seq: 0xffff_ff07, ack: 6000));
        Assert.Equal(Rewritten, ftp.ServerSays(Reply));
    }

    [Fact]
    public void Control_HeldThenUsed_ItsOwnTimeoutAgain()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        ftp.ServerSays(Reply);
        ftp.Director.Send(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "S"));
        ftp.Director.Send(Wire.Tcp("10.0.0.2:40000", "192.0.2.11:50001", "SA"));
        ftp.Director.Send(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "A"));
        for (int minute = 0; minute < 20; minute++)
        {
            ftp.Director.Wait(60);
            ftp.Director.Send(Wire.Tcp("10.0.0.2:40000", "192.0.2.11:50001", "PA", "data"));
        }

        uint Left() => ftp.Director.Connections().Single(c => c.VirtualPort == 21).RemainingMilliseconds;
        Assert.InRange(Left(), 1u, 60_000u);
        ftp.ServerSays("226 done\r\n");
        Assert.InRange(Left(), 890_000u, 900_000u);
    }

    [Fact]
    public void FromServer_RepeatedAfterATakeover_SameBytes()
    {
        FtpConversation ftp = Begin();
        ftp.Director.Core.EnableChangeLog(true);
        ftp.ClientSays("PASV\r\n");
        byte[] reply = Assert.Single(ftp.Server.Write(Reply));
        byte[] before = ftp.Director.Send(reply)!;
        TestDirector standby = Director();
        Replicate(ftp.Director, standby);
        Assert.Equal(before, standby.Send(reply));

        // The transfer itself goes on there, and so do replies cut within the text that was replaced.
        Assert.Equal("192.0.2.11:50001 > 10.0.0.2:40000 S", standby.Answer(Wire.Tcp("192.0.2.11:50001", "192.0.2.100:40000", "S")));
        string joined = string.Concat(Reply.Chunk(9).Select((part, i) =>
            TextOf(standby.Send(Wire.Tcp(Server, Client, "PA", new string(part), seq: 5001 + (uint)(9 * i), ack: 0xffff_ff07))!)));
        Assert.Equal(Rewritten, joined);
    }

    [Fact]
    public void FromServer_TakeoverBetweenCommandAndReply_IsAnswered()
    {
        FtpConversation ftp = Begin();
        ftp.Director.Core.EnableChangeLog(true);
        ftp.ClientSays("PASV\r\n");
        TestDirector standby = Director();
        Replicate(ftp.Director, standby);
        ftp.Director = standby;
        Assert.Equal(Rewritten, ftp.ServerSays(Reply, 30));
        Assert.Single(ftp.Expected);
    }

    [Fact]
    public void FromServer_DamagedReply_IsDroppedAndChangesNothing()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        byte[] damaged = Wire.Tcp(Server, Client, "PA", Reply, seq: 5001, ack: 0xffff_ff07);
        damaged[^3] ^= 1;
        Assert.Null(ftp.Director.Send(damaged));
        Assert.Equal(1, ftp.Director.Core.Counters.Dropped(DropReason.BadChecksum));
        Assert.Empty(ftp.Expected);
        Assert.Equal(Rewritten, ftp.ServerSays(Reply));
    }

    [Fact]
    public void FromServer_GrowsBeyondTheMtu_IsLeftForTheKernelToCut()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        string full = Reply.PadRight(1460, '.');
        byte[] left = ftp.Director.Send(Wire.Tcp(Server, Client, "PA", full, seq: 5001, ack: 0xffff_ff07))!;
        Assert.Equal(1503, left.Length);
        Assert.Equal([1, 1, 40, 0, 0xb4, 5, 20, 0, 16, 0], ftp.Director.Virtio);
        Assert.Equal(
            (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left)), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(36)));
    }

    [Fact]
    public void FromServer_PartialChecksum_KeepsThePseudoHeaderSum()
    {
        FtpConversation ftp = Begin();
        ftp.ClientSays("PASV\r\n");
        byte[] packet = Wire.Tcp(Server, Client, "PA", Reply, seq: 5001, ack: 0xffff_ff07);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(packet)));
        ftp.Director.Virtio = [1, 0, 0, 0, 0, 0, 20, 0, 16, 0];
        byte[] left = ftp.Director.Send(packet)!;
        Assert.Equal(Rewritten, TextOf(left));
        Assert.Equal(
            (ushort)~ReferenceChecksum.Of([], ReferenceChecksum.Pseudo(left)), BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(36)));
    }

    [Fact]
    public void Ipv6_ExtendedCommands_OpenBothWays()
    {
        const string Client6 = "[2001:db8::11]:40001";
        TestDirector director = new TestDirector().Service("[2001:db8::100]:21/tcp", "rr", "[fd00::2]:21");
        FtpConversation ftp = new(director, Client6, "[2001:db8::100]:21", "[fd00::2]:21");
        ftp.ClientSays("EPSV 2\r\n");
        Assert.Equal("229 ok (|||40000|)\r\n", ftp.ServerSays("229 ok (|2|fd00::2|40000|)\r\n"));
        Assert.Equal("226 done\r\n", ftp.ServerSays("226 done\r\n"));
        ftp.ClientSays("EPRT |2|2001:DB8::11|51210|\r\n", 12);
        Assert.Equal([(0, 40_000, 40_000), (51_210, 20, 20)], ftp.Expected.Select(c => ((int)c.ClientPort, (int)c.VirtualPort, (int)c.ServerPort)).Order());
    }

    [Fact]
    public void Helper_OnAnotherPort_OnlyWhereItIsAskedFor()
    {
        foreach (string? helper in new[] { null, "ftp" })
        {
            TestDirector director = new();
            director.Core.ApplyServices(
            [
                new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 2121, "rr", [new(Ip.Parse("10.0.0.2"), 21, 1)]) { Helper = helper },
            ]);
            director.Send(Wire.Tcp(Client, "192.0.2.100:2121", "S", seq: 999));
            director.Send(Wire.Tcp(Server, Client, "SA", seq: 4999, ack: 1000));
            director.Send(Wire.Tcp(Client, "192.0.2.100:2121", "PA", "PASV\r\n", seq: 1000, ack: 5000));
            string read = TextOf(director.Send(Wire.Tcp(Server, Client, "PA", Reply, seq: 5000, ack: 1006))!);
            Assert.Equal(helper is null ? Reply : Rewritten, read);
        }
    }

    private static void Replicate(TestDirector active, TestDirector standby)
    {
        standby.Core.SetTimersFrozen(true, standby.Now);
        ConnectionChange[] changes = new ConnectionChange[64];
        standby.Core.BeginRemoteSnapshot();
        foreach (ConnectionRecord record in active.Connections().Reverse())
        {
            Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        }

        int taken = active.Core.TakeChanges(changes, active.Now);
        foreach (ConnectionChange change in changes.AsSpan(0, taken))
        {
            Assert.True(standby.Core.ApplyRemote(change, standby.Now));
        }

        standby.Core.EndRemoteSnapshot();
        standby.Core.SetTimersFrozen(false, standby.Now);
        Assert.Equal(active.Connections().Select(c => c with { RemainingMilliseconds = 0 }).ToHashSet(), standby.Connections().Select(c => c with { RemainingMilliseconds = 0 }).ToHashSet());
    }

    private static FtpConversation Begin() => new(Director(), Client, Service, Server);

    private static TestDirector Director() => new TestDirector().Service($"{Service}/tcp", "rr", Server);

    private static int[] Cuts(Random chance, string text) =>
        [.. Enumerable.Range(1, text.Length - 1).Where(_ => chance.Next(6) == 0)];

    private static (string, string, string) Ends(ConnectionRecord c) =>
        (c.Client.WithPort(c.ClientPort), c.Virtual.WithPort(c.VirtualPort), c.Server.WithPort(c.ServerPort));

    private static string TextOf(byte[] packet) => System.Text.Encoding.Latin1.GetString(packet.AsSpan(20 + ((packet[32] >> 4) * 4)));
}
