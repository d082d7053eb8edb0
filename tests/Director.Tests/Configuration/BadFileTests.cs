using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Tests.Configuration;

/// <summary>One mistake in the example, and every line that the operator sees for it.</summary>
public sealed class BadFileTests
{
    [Theory]
    [MemberData(nameof(BadFileCases.All), MemberType = typeof(BadFileCases))]
    public void LoadText_Mistake_SaysExactly(string old, string @new, string expected)
    {
        ConfigurationResult result = ConfigurationReader.LoadText(Example.With(old, @new), Example.Path);

        Assert.Equal(expected, string.Join('\n', result.Issues.Where(i => !i.ToString().Contains(Example.OwnWarning, StringComparison.Ordinal))));
        Assert.Equal(result.Issues.Any(i => i.Severity == IssueSeverity.Error), result.Model is null);
    }

    [Fact]
    public void LoadText_ManyMistakes_SaysAllInFileOrder()
    {
        string text = Example.Text
            .Replace("\"100ms\"", "100", StringComparison.Ordinal)
            .Replace("external", "extern", StringComparison.Ordinal)
            .Replace("10.0.0.2:80", "10.0.0.256:80", StringComparison.Ordinal);

        Assert.Equal(
            [
                "halvs.toml:7:1: network.external: is missing; add external = \"eth0\"",
                "halvs.toml:8:1: network.extern: unknown key; did you mean \"external\"?",
                "halvs.toml:16:12: heartbeat.interval: 100 has no unit; write \"100ms\", \"100s\" or \"100m\"",
                "halvs.toml:49:11: service.server.address: \"10.0.0.256\" is not an IPv4 address; write four numbers from 0 to 255 like 10.0.0.3",
            ],
            ConfigurationReader.LoadText(text, Example.Path).Errors.Select(i => i.ToString()));
    }

    [Fact]
    public void LoadText_Check_SaysThatItIsNotCarriedOut() => Assert.Equal(
        $"halvs.toml:45:9: {Example.OwnWarning}: a dead server keeps its share until its weight is 0 or it is taken away",
        Assert.Single(ConfigurationReader.LoadText(Example.Text, Example.Path).Issues).ToString());

    [Fact]
    public void LoadText_Empty_NamesEveryMissingTable() => Assert.Equal(
        [
            "halvs.toml:1:1: cluster: is missing; add the table [cluster]",
            "halvs.toml:1:1: network: is missing; add the table [network]",
            "halvs.toml:1:1: node: is missing; add the table [[node]]",
            "halvs.toml:1:1: warning: service: there is no virtual service, so nothing is forwarded; add [[service]]",
        ],
        ConfigurationReader.LoadText("", Example.Path).Issues.Select(i => i.ToString()));

    [Fact]
    public void LoadText_ControlCodesInAValue_AreShownEscaped()
    {
        ConfigurationResult result = ConfigurationReader.LoadText(Example.With("\"wlc\"", "\"\\u001b[2J\""), Example.Path);
        Assert.All(result.Errors, e => Assert.DoesNotContain('\u001b', e.ToString()));
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void LoadText_DeepNesting_IsAnErrorNotACrash() =>
        Assert.NotEmpty(ConfigurationReader.LoadText("a = " + new string('[', 100_000), Example.Path).Errors);
}
