using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests.Wire;

public sealed class SerialFramerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(HeartbeatCodec.MessageBytes)]
    [InlineData(254)]
    [InlineData(SerialFramer.MessageBytesMaximum)]
    public void Feed_EncodedInPiecesOfEverySize_SameMessage(int length)
    {
        var random = new Random(length);
        foreach (var fill in new[] { -1, 0, 1, 255 })
        {
            var message = Message(random, length, fill);
            var line = SerialFramer.Encode(message);
            Assert.Equal(2, line.Count(value => value == 0));
            for (var piece = 1; piece <= line.Length; piece += 7)
            {
                var framer = new SerialFramer();
                Assert.Equal(message, Assert.Single(line.Chunk(piece).SelectMany(part => framer.Feed(part))));
            }
        }
    }

    [Fact]
    public void Feed_EveryByteLostOrChanged_NextFrameArrives()
    {
        var random = new Random(3);
        var message = Message(random, HeartbeatCodec.MessageBytes, -1);
        var next = Message(random, HeartbeatCodec.MessageBytes, -1);
        var line = SerialFramer.Encode(message);
        for (var i = 0; i < line.Length; i++)
        {
            var framer = new SerialFramer();
            var lost = framer.Feed([.. line[..i], .. line[(i + 1)..]]);
            Assert.All(lost, got => Assert.Equal(message, got));
            Assert.Equal(next, framer.Feed(SerialFramer.Encode(next))[^1]);
        }
    }

    [Fact]
    public void Feed_Oversize_CountedAndResynchronised()
    {
        var framer = new SerialFramer();
        Assert.Empty(framer.Feed([.. Enumerable.Repeat((byte)7, 5000)]));
        byte[] message = [1, 0, 2];
        Assert.Equal(message, Assert.Single(framer.Feed(SerialFramer.Encode(message))));
        Assert.Equal(1, framer.Oversize);
        Assert.Equal(1, framer.Frames);
    }

    [Fact]
    public void Feed_Garbage_NeverThrowsAndGivesNothing()
    {
        var random = new Random(4);
        var framer = new SerialFramer();
        var buffer = new byte[97];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(buffer);
            if (i % 3 == 0) buffer.AsSpan().Replace<byte>(0, 9);
            Assert.Empty(framer.Feed(buffer));
        }

        Assert.True(framer.Damaged > 1000);
        Assert.True(framer.Oversize > 0);
    }

    [Fact]
    public void Of_CheckString_KnownValue() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));

    private static byte[] Message(Random random, int length, int fill)
    {
        var message = new byte[length];
        if (fill < 0) random.NextBytes(message);
        else Array.Fill(message, (byte)fill);
        return message;
    }
}
