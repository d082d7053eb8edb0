using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Director.Tests.Control;

namespace HaLvs.Director.Tests.Commands;

/// <summary>Golden texts, reviewed as an operator reads them. HALVS_WRITE_GOLDEN=1 writes them anew: then read the diff.</summary>
public class StatusTextTests
{
    [Fact]
    public void Render_ActivePair_Golden() => AssertGolden("status-active.txt", StatusSamples.ActivePair());

    [Fact]
    public void Render_StandbyPair_Golden() => AssertGolden("status-standby.txt", StatusSamples.StandbyPair());

    [Fact]
    public void Render_Blocked_Golden() => AssertGolden("status-blocked.txt", StatusSamples.Blocked());

    [Fact]
    public void Render_Draining_Golden() => AssertGolden("status-draining.txt", StatusSamples.Draining());

    [Fact]
    public void Render_SingleDirector_Golden() => AssertGolden("status-single.txt", StatusSamples.Single());

    private static void AssertGolden(string name, DirectorStatus status)
    {
        string text = StatusText.Render(StatusTranslation.ToReply(status));
        string file = Path.Combine(RepositoryFolder.Find(), "tests/Director.Tests/Commands/Golden", name);
        if (Environment.GetEnvironmentVariable("HALVS_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file), text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }
}
