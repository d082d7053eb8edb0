using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Tests.Connections;

public sealed class SequenceShiftTests
{
    /// <summary>Nine bytes before 5036 became eleven: bytes 5027 to 5035 of the sender are 5027 to 5037 of the receiver.</summary>
    private static readonly SequenceShift Longer = new(5036, 0, 2);

    private static readonly SequenceShift Shorter = new(5036, 4, 1);

    [Theory]
    [InlineData(5000u, 5000u)]
    [InlineData(5035u, 5035u)]
    [InlineData(5036u, 5038u)]
    [InlineData(6000u, 6002u)]
    public void Forward_AroundTheChange_BeforeAndAfter(uint sent, uint seen) => Assert.Equal(seen, Longer.Forward(sent));

    [Theory]
    [InlineData(5020u, 5020u)]
    [InlineData(5034u, 5034u)]
    [InlineData(5035u, 5035u)]
    [InlineData(5036u, 5035u)]
    [InlineData(5037u, 5035u)]
    [InlineData(5038u, 5036u)]
    [InlineData(5059u, 5057u)]
    public void Back_AroundLongerText_NeverMoreThanReceived(uint acknowledged, uint seen) => Assert.Equal(seen, Longer.Back(acknowledged));

    [Theory]
    [InlineData(5030u, 5026u)]
    [InlineData(5036u, 5032u)]
    [InlineData(5037u, 5036u)]
    [InlineData(5040u, 5039u)]
    public void Back_AroundShorterText_NeverMoreThanReceived(uint acknowledged, uint seen) => Assert.Equal(seen, Shorter.Back(acknowledged));

    [Fact]
    public void ForwardBack_AcrossZero_SerialArithmetic()
    {
        SequenceShift shift = new(10, -3, 5);
        Assert.Equal(uint.MaxValue - 3, shift.Forward(uint.MaxValue));
        Assert.Equal(25u, shift.Forward(20));
        Assert.Equal(uint.MaxValue, shift.Back(uint.MaxValue - 3));
        Assert.Equal(20u, shift.Back(25));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(5u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x8000_0001u)]
    [InlineData(uint.MaxValue)]
    public void ForwardBack_SameBeforeAndAfter_FromHasNoMeaning(uint sent)
    {
        SequenceShift shift = new(0, -1_234_567, -1_234_567);
        Assert.Equal(sent - 1_234_567, shift.Forward(sent));
        Assert.Equal(sent, shift.Back(shift.Forward(sent)));
    }
}
