using System.Xml.Linq;

namespace HaLvs.Director.Tests.House;

/// <summary>The arrows of docs/ARCHITECTURE.md, and no others.</summary>
public class ProjectArrowsTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Forwarder"] = [],
        ["Heartbeat"] = [],
        ["Linux"] = [],
        ["Stonith"] = ["Linux"],
        ["Director"] = ["Forwarder", "Heartbeat", "Linux", "Stonith"],
    };

    [Fact]
    public void Projects_InSourceFolder_AreTheFiveOfTheHouse() =>
        Assert.Equal(
            Arrows.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(RepositoryRoot.File("src")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Forwarder")]
    [InlineData("Heartbeat")]
    [InlineData("Linux")]
    [InlineData("Stonith")]
    [InlineData("Director")]
    public void References_OfAProject_AreTheDrawnArrows(string project) =>
        Assert.Equal(Arrows[project], Project(project).Descendants("ProjectReference").Select(ReferencedName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Forwarder")]
    [InlineData("Heartbeat")]
    [InlineData("Stonith")]
    public void PureProject_Imports_TheBannedApiList(string project) =>
        Assert.Contains(Project(project).Descendants("Import"), i => (string?)i.Attribute("Project") == "../Pure.props");

    [Fact]
    public void UnsafeCode_IsAllowed_InLinuxOnly() =>
        Assert.Equal(["Linux"], Arrows.Keys.Where(p => Project(p).Descendants("AllowUnsafeBlocks").Any(e => e.Value == "true")));

    private static XDocument Project(string name) => XDocument.Load(RepositoryRoot.File("src", name, $"{name}.csproj"));

    private static string ReferencedName(XElement reference) =>
        Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!);
}
