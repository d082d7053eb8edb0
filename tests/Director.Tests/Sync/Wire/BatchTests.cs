using Google.Protobuf;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Sync.Wire;

public class BatchTests
{
    [Fact]
    public void WriteRead_Ipv4Ipv6AndDeletes_SameRecords()
    {
        ConnectionRecord wide = Flows.Number(3) with
        {
            Protocol = TransportProtocol.Udp,
            Kind = ConnectionKind.Masquerade,
            State = ConnectionState.Udp,
            Client = Ip.Parse("2001:db8::17"),
            Virtual = Ip.Parse("2001:db8::100"),
            Server = Ip.Parse("fd00::2"),
            RemainingMilliseconds = uint.MaxValue,
        };
        ConnectionChange[] changes =
        [
            new(ConnectionChangeKind.Upsert, Flows.Number(1)), new(ConnectionChangeKind.Upsert, wide), new(ConnectionChangeKind.Upsert, Flows.Number(2)),
        ];
        Assert.Equal(changes, RoundTrip(changes, out int skipped));
        Assert.Equal(0, skipped);

        ConnectionChange delete = RoundTrip([new(ConnectionChangeKind.Delete, Flows.Number(1))], out _).Single();
        Assert.Equal((ConnectionChangeKind.Delete, Flows.Number(1).Key), (delete.Kind, delete.Record.Key));
    }

    [Fact]
    public void WriteRead_EveryFieldOfARecord_SameRecord()
    {
        ConnectionRecord full = Flows.Number(4) with
        {
            Traits = ConnectionTraits.AnyClientPort | ConnectionTraits.Hairpin | ConnectionTraits.Ftp | ConnectionTraits.AnyServerPort,
            Mark = uint.MaxValue,
            ServicePort = 0,
            ConfiguredPort = ushort.MaxValue,
            ControlClientPort = 40_001,
            ControlVirtualPort = 21,
            ClientShift = new SequenceShift(uint.MaxValue, int.MinValue, int.MaxValue),
            ServerShift = new SequenceShift(5036, -2, 7),
            Gateway = Ip.Parse("fd00::1"),
            GatewayPort = 50_000,
            WindowShift = -14,
            ClientTag = uint.MaxValue,
            ServerTag = 0x01020304,
        };
        ConnectionRecord template = new(
            ConnectionKind.Template, 0, Ip.Parse("192.0.2.0"), 0, Ip.FromV4(7), 0, Ip.Parse("10.0.0.2"), 0, ConnectionState.Assured, 60_000)
        {
            Mark = 7,
        };
        ConnectionChange[] changes =
        [
            new(ConnectionChangeKind.Upsert, full), new(ConnectionChangeKind.Upsert, Flows.Number(1)), new(ConnectionChangeKind.Upsert, template),
        ];
        Assert.Equal(changes, RoundTrip(changes, out int skipped));
        Assert.Equal(0, skipped);
    }

    [Fact]
    public void WriteRead_Calls_TextWhereATemplateComesDigestOtherwise()
    {
        CallDigest digest = CallDigest.Of("a84b4c76e66710@pc33.example.com");
        ConnectionRecord template = Flows.Number(5) with
        {
            Kind = ConnectionKind.Template,
            Protocol = TransportProtocol.Udp,
            ClientPort = 0,
            State = ConnectionState.None,
            CallId = "a84b4c76e66710@pc33.example.com",
            Call = digest,
        };
        ConnectionRecord holder = Flows.Number(6) with { Traits = ConnectionTraits.HoldsTemplate, Call = digest };
        ConnectionChange[] changes =
        [
            new(ConnectionChangeKind.Upsert, Flows.Number(1)), new(ConnectionChangeKind.Upsert, template), new(ConnectionChangeKind.Upsert, holder),
            new(ConnectionChangeKind.Upsert, template with { CallId = new string('c', 255), Call = CallDigest.Of(new string('c', 255)) }),
        ];
        Assert.Equal(changes, RoundTrip(changes, out int skipped));
        Assert.Equal(0, skipped);

        ConnectionChange delete = RoundTrip([new(ConnectionChangeKind.Delete, template with { CallId = null })], out _).Single();
        Assert.Equal((template.Key, null), (delete.Record.Key, delete.Record.CallId));
        Assert.Empty(new BatchWriter(2).Write(changes.AsSpan(0, 1)).Call);
    }

    [Theory]
    [InlineData(2u, 0u, "two words")]
    [InlineData(2u, 0u, "esc\u001b[2J")]
    [InlineData(2u, 1u, "not a digest")]
    [InlineData(0u, 0u, "not a digest")]
    public void Read_CallThatCannotBe_SkipsThatRecordAlone(uint kind, uint change, string call)
    {
        ConnectionBatch batch = Batch(2);
        (batch.Kind[1], batch.Change[1]) = (kind, change);
        batch.Call.Add([ByteString.Empty, ByteString.CopyFromUtf8(call)]);
        Assert.Equal(1, new BatchReader().Read(batch, out int skipped).Length);
        Assert.Equal(1, skipped);
        batch.Call[1] = ByteString.CopyFromUtf8(new string('c', 256));
        Assert.Equal(1, new BatchReader().Read(batch, out _).Length);
    }

    [Fact]
    public void Read_PeerOfSchema1_ServiceIsOfTheSamePort()
    {
        ConnectionBatch batch = new BatchWriter(1).Write([new(ConnectionChangeKind.Upsert, Flows.Number(1))]).Clone();
        Assert.Empty(batch.ServicePort);
        Assert.Empty(batch.Traits);
        Assert.Empty(batch.ServerShiftFrom);
        ConnectionRecord read = new BatchReader().Read(batch, out _)[0].Record;
        Assert.Equal((read.VirtualPort, read.ServerPort), (read.ServicePort, read.ConfiguredPort));
        Assert.Equal(Flows.Number(1), read);
    }

    [Fact]
    public void Read_TraitsOfANewerVersion_AreLeftOut()
    {
        ConnectionBatch batch = Batch(1);
        batch.Traits.Add(0xffff_8000 | (uint)ConnectionTraits.Ftp);
        Assert.Equal(ConnectionTraits.Ftp, new BatchReader().Read(batch, out _)[0].Record.Traits);
    }

    [Fact]
    public void Read_NumbersOutsideTheirFields_SkipThatRecordAlone()
    {
        Action<ConnectionBatch>[] spoils =
        [
            b => b.ServicePort.Add([0u, 65_537u]), b => b.ConfiguredPort.Add([0u, 70_000u]), b => b.ControlClientPort.Add([0u, 65_536u]),
            b => b.ControlVirtualPort.Add([0u, uint.MaxValue]), b => b.GatewayPort.Add([0u, 65_536u]), b => b.WindowShift.Add([0, 15]),
            b => b.WindowShift.Add([0, int.MinValue]),
        ];
        foreach (Action<ConnectionBatch> spoil in spoils)
        {
            ConnectionBatch batch = Batch(2);
            spoil(batch);
            Assert.Equal(1, new BatchReader().Read(batch, out int skipped).Length);
            Assert.Equal(1, skipped);
        }
    }

    [Fact]
    public void Write_UsedAgain_LeavesNothingOfTheBatchBefore()
    {
        var writer = new BatchWriter(4);
        ConnectionRecord wide = Flows.Number(3) with { Client = Ip.Parse("2001:db8::17") };
        writer.Write([new(ConnectionChangeKind.Delete, wide), new(ConnectionChangeKind.Upsert, wide)]);
        ConnectionBatch batch = ConnectionBatch.Parser.ParseFrom(writer.Write([new(ConnectionChangeKind.Upsert, Flows.Number(1))]).ToByteArray());
        Assert.Equal([new ConnectionChange(ConnectionChangeKind.Upsert, Flows.Number(1))], new BatchReader().Read(batch, out _).ToArray());
    }

    [Fact]
    public void Write_FullIpv4Batch_IsCompact()
    {
        ConnectionChange[] changes = [.. Enumerable.Range(0, 512).Select(i => new ConnectionChange(ConnectionChangeKind.Upsert, Flows.Number(i)))];
        int bytes = new BatchWriter(512).Write(changes).CalculateSize();
        Assert.InRange(bytes, 1, 512 * 26);
    }

    [Theory]
    [InlineData(7u, 0u, 6u, 1u)]
    [InlineData(0u, 9u, 6u, 1u)]
    [InlineData(0u, 0u, 253u, 1u)]
    [InlineData(0u, 0u, 70_000u, 1u)]
    [InlineData(0u, 0u, 6u, 200u)]
    [InlineData(0u, 0u, 6u, 4_000_000_000u)]
    public void Read_ValueOfANewerVersion_SkipsThatRecordAlone(uint change, uint kind, uint protocol, uint state)
    {
        ConnectionBatch batch = Batch(2);
        (batch.Change[1], batch.Kind[1], batch.Protocol[1], batch.State[1]) = (change, kind, protocol, state);
        Assert.Equal(1, new BatchReader().Read(batch, out int skipped).Length);
        Assert.Equal(1, skipped);
    }

    [Fact]
    public void Read_FieldsOfANewerVersion_AreIgnored()
    {
        // A column 100 and a message body 200 that this version has never heard of.
        byte[] unknown = [0xa2, 0x06, 0x03, 1, 2, 3];
        ConnectionBatch batch = ConnectionBatch.Parser.ParseFrom([.. Batch(1).ToByteArray(), .. unknown]);
        Assert.Equal(1, new BatchReader().Read(batch, out int skipped).Length);
        Assert.Equal(0, skipped);
        Assert.Equal(SourceMessage.BodyOneofCase.None, SourceMessage.Parser.ParseFrom([0xc2, 0x0c, 0x01, 0]).BodyCase);
    }

    [Fact]
    public void Read_ColumnsOfAnOlderVersionMissing_AreZero()
    {
        var batch = new ConnectionBatch { Count = 2, Protocol = { 6, 17 }, ClientPort = { 1000, 2000 } };
        ConnectionChange[] read = [.. new BatchReader().Read(batch, out _)];
        Assert.Equal([1000, 2000], read.Select(c => (int)c.Record.ClientPort));
        Assert.All(read, c => Assert.Equal((Ip.FromV4(0), ConnectionState.None, 0u), (c.Record.Server, c.Record.State, c.Record.RemainingMilliseconds)));
    }

    [Fact]
    public void Read_LengthsThatDoNotAgree_EndTheStream()
    {
        ConnectionBatch shortColumn = Batch(3);
        shortColumn.State.RemoveAt(0);
        ConnectionBatch shortShift = Batch(2);
        shortShift.ServerShiftBefore.Add(1);
        ConnectionBatch twoForms = Batch(1);
        twoForms.Client.V6 = ByteString.CopyFrom(new byte[16]);
        ConnectionBatch crooked = Batch(1);
        crooked.Server = new AddressColumn { V6 = ByteString.CopyFrom(new byte[15]) };
        ConnectionBatch huge = new() { Count = SyncTiming.LargestBatchRecords + 1 };
        foreach (ConnectionBatch bad in new[] { shortColumn, shortShift, twoForms, crooked, huge })
            Assert.Throws<SyncProtocolException>(() => new BatchReader().Read(bad, out _).Length);
    }

    [Fact]
    public void Read_RandomBytes_ReadsOrSaysWhy()
    {
        var random = new Random(1);
        byte[] good = Batch(8).ToByteArray();
        var reader = new BatchReader();
        int understood = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            for (int flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                reader.Read(ConnectionBatch.Parser.ParseFrom(bytes), out _);
                understood++;
            }
            catch (Exception error) when (error is InvalidProtocolBufferException or SyncProtocolException)
            {
                // Refused with a reason: the stream ends.
            }
        }

        Assert.InRange(understood, 1, 19_999);
    }

    private static ConnectionBatch Batch(int records) => new()
    {
        Count = (uint)records,
        Change = { Enumerable.Repeat(0u, records) },
        Kind = { Enumerable.Repeat(0u, records) },
        Protocol = { Enumerable.Repeat(6u, records) },
        State = { Enumerable.Repeat(1u, records) },
        ClientPort = { Enumerable.Range(1, records).Select(i => (uint)i) },
        Client = new AddressColumn { V4 = { Enumerable.Range(1, records).Select(i => (uint)i) } },
    };

    private static ConnectionChange[] RoundTrip(ConnectionChange[] changes, out int skipped)
    {
        byte[] bytes = new BatchWriter(changes.Length).Write(changes).ToByteArray();
        return [.. new BatchReader().Read(ConnectionBatch.Parser.ParseFrom(bytes), out skipped)];
    }
}
