using HaLvs.Linux.Offload;
using Xunit.Abstractions;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>A program that cannot be had is a reason in words, for every reason.</summary>
public sealed class OffloadObjectTests(ITestOutputHelper output)
{
    private static readonly OffloadLimits Small = new(4, 4, 4);

    [Fact]
    public void Load_NotBuilt_SaysThatClangWasMissing()
    {
        OffloadException refused = Assert.Throws<OffloadException>(() => OffloadObject.Load(null, in Small));
        Assert.Equal(OffloadRefusal.NotBuilt, refused.Refusal);
        Assert.Contains("built without the offload program (clang was missing)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RejectedProgram_QuotesTheVerifier()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        byte[] image = OffloadObject.Image()!;
        byte[] exit = [0x95, 0, 0, 0, 0, 0, 0, 0];
        image[image.AsSpan().IndexOf(exit)] = 0xff;
        OffloadException refused = Assert.Throws<OffloadException>(() => OffloadObject.Load(image, in Small));
        output.WriteLine(refused.Message);
        Assert.Equal(OffloadRefusal.Rejected, refused.Refusal);
        Assert.Contains("unknown opcode ff", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedImage_IsRejectedInWords()
    {
        if (!OffloadBench.Possible(output.WriteLine))
            return;
        OffloadException refused = Assert.Throws<OffloadException>(() => OffloadObject.Load(new byte[100], in Small));
        output.WriteLine(refused.Message);
        Assert.Equal(OffloadRefusal.Rejected, refused.Refusal);
    }
}
