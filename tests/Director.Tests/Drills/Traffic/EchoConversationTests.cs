using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Tests.Drills.Traffic;

public class EchoConversationTests
{
    [Fact]
    public void Read_ByteByByte_EveryMessageVerified()
    {
        EchoConversation conversation = new(7);
        byte[] stream = Written(conversation, 3);

        int answers = stream.Sum(b => conversation.Read([b]).Answers);

        Assert.Equal(3, answers);
        Assert.False(conversation.OwesAnswer);
    }

    [Fact]
    public void Read_AnySingleWrongByte_ExactlyOneCorrupted()
    {
        for (int position = 0; position < 2 * EchoConversation.MessageBytes; position++)
        {
            EchoConversation conversation = new(7);
            byte[] stream = Written(conversation, 2);
            stream[position] ^= 1;

            Assert.Equal(new Reading(1, 1), conversation.Read(stream));
        }
    }

    [Fact]
    public void Read_AnotherConnectionsMessage_Corrupted()
    {
        EchoConversation conversation = new(7);
        Written(conversation, 1);

        Assert.Equal(1, conversation.Read(Written(new EchoConversation(8), 1)).Corrupted);
    }

    [Fact]
    public void Read_MoreThanWasSent_Broken()
    {
        EchoConversation conversation = new(7);
        byte[] stream = [.. Written(conversation, 1), 0];

        Reading reading = conversation.Read(stream);

        Assert.Equal((1, 1, true), (reading.Answers, reading.Corrupted, reading.Broken is not null));
    }

    private static byte[] Written(EchoConversation conversation, int messages)
    {
        byte[] stream = new byte[messages * EchoConversation.MessageBytes];
        for (int i = 0; i < messages; i++)
        {
            conversation.Write(stream.AsSpan(i * EchoConversation.MessageBytes));
        }

        return stream;
    }
}
