using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Live;

namespace HaLvs.Director.Commands;

/// <summary>Where halvs check tells what it finds: text as it goes, or one JSON document at the end.</summary>
internal interface ICheckOutput
{
    void Issues(string path, ConfigurationResult result);

    void Files(IReadOnlyList<FileIssue> issues);

    void LiveBegins(int number, int total, string name);

    void LiveEnds(string name, LiveResult result);

    /// <summary>Wrong usage: says so and gives the exit code.</summary>
    int Usage(string text);

    /// <summary>The last word, and the exit code.</summary>
    int Finish(bool good);
}
