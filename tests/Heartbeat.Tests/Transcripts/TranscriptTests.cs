using System.Runtime.CompilerServices;
using System.Text;

namespace HaLvs.Heartbeat.Tests.Transcripts;

/// <summary>
/// Scripts in Transcripts/*.txt: "# comment", "> command", and below each command what the two machines did. HALVS_REWRITE=1 writes what they do
/// now; the difference is reviewed like code.
/// </summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Scripts() =>
        [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Transcript_Played_DoesWhatIsWritten(string name)
    {
        var path = Path.Combine(Folder(), name + ".txt");
        var written = File.ReadAllText(path);
        var played = Play(written);
        if (Environment.GetEnvironmentVariable("HALVS_REWRITE") == "1") File.WriteAllText(path, played);
        else Assert.Equal(written, played);
    }

    private static string Play(string script)
    {
        var pair = new Pair();
        var text = new StringBuilder();
        foreach (var line in script.Split('\n'))
        {
            if (line.StartsWith('#')) text.Append(line).Append('\n');
            if (!line.StartsWith('>')) continue;
            text.Append(line).Append('\n').Append(pair.Do(line[1..].Trim()));
        }

        return text.ToString();
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
