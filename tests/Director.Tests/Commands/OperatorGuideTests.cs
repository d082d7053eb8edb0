using System.CommandLine;
using HaLvs.Director.Commands;

namespace HaLvs.Director.Tests.Commands;

/// <summary>docs/operator/commands.md names every verb and every option, and none that is not there.</summary>
public class OperatorGuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(RepositoryFolder.Find(), "docs/operator/commands.md"));

    public static TheoryData<string> Verbs => [.. RootCommandFactory.Create(new CommandHost()).Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Guide_Verb_HasASectionWithEveryOption(string verb)
    {
        Command command = RootCommandFactory.Create(new CommandHost()).Subcommands.Single(c => c.Name == verb);
        string section = Section(verb);

        Assert.All(command.Options.Where(o => o.Name != "--help"), o => Assert.Contains($"`{o.Name}", section, StringComparison.Ordinal));
        Assert.All(command.Arguments, a => Assert.Contains(a.HelpName ?? a.Name, section, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Guide_Section_NamesNoOptionThatIsNotThere(string verb)
    {
        Command command = RootCommandFactory.Create(new CommandHost()).Subcommands.Single(c => c.Name == verb);
        IEnumerable<string> rows = Section(verb).Split('\n').Where(l => l.StartsWith("| `--", StringComparison.Ordinal));

        Assert.All(rows, row => Assert.Contains(command.Options, o => row.StartsWith($"| `{o.Name}", StringComparison.Ordinal)));
    }

    private static string Section(string verb)
    {
        int start = Guide.IndexOf($"\n## halvs {verb}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/operator/commands.md has no section '## halvs {verb}'");
        int end = Guide.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        return end < 0 ? Guide[start..] : Guide[start..end];
    }
}
