using HaLvs.Director.Configuration;

namespace HaLvs.Director.Tests.Configuration;

/// <summary>Whatever an editor, a broken disk or an attacker makes of the file: a model or errors, never an exception (I12).</summary>
public sealed class ConfigurationFuzzTests
{
    private const int Rounds = 3000;

    [Fact]
    public void LoadText_SeededMutations_NeverThrowsAndAlwaysAnswers()
    {
        int good = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            string text = Mutate(new Random(seed));
            ConfigurationResult result = Load(text, seed);
            good += result.IsGood ? 1 : 0;
            Assert.Equal(result.Model is null, result.Errors.Any());
            int lines = text.Count(c => c == '\n') + 1;
            Assert.All(result.Issues, i => Assert.InRange(i.At.Line, 1, lines));
        }

        // Some mutations only touch comments or blanks; most must be noticed.
        Assert.InRange(good, 1, Rounds / 2);
    }

    private static ConfigurationResult Load(string text, int seed)
    {
        try
        {
            return ConfigurationReader.LoadText(text, Example.Path);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}: {exception.Message}\n{text}", exception);
        }
    }

    private static string Mutate(Random random)
    {
        string text = Example.Text;
        int count = random.Next(1, 6);
        for (int i = 0; i < count && text.Length > 0; i++)
        {
            int at = random.Next(text.Length);
            int length = random.Next(0, Math.Min(12, text.Length - at));
            string inserted = random.Next(5) switch
            {
                0 => "",
                1 => "[]{}\"'=.,#\n\\"[random.Next(12)].ToString(),
                2 => ((char)random.Next(1, 0x3000)).ToString(),
                3 => Piece(random),
                _ => random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
            text = text[..at] + inserted + text[(at + length)..];
        }

        return text;
    }

    private static string Piece(Random random)
    {
        int at = random.Next(Example.Text.Length - 40);
        return Example.Text.Substring(at, random.Next(1, 40));
    }
}
