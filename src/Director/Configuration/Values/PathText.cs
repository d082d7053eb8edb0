namespace HaLvs.Director.Configuration.Values;

/// <summary>File names. Absolute only: the same file is read on both nodes, by a service with another working folder than the operator's.</summary>
internal static class PathText
{
    public static Parsed<string> Absolute(string text) =>
        text.Length > 1 && text[0] == '/' && !text.Any(char.IsControl)
            ? text
            : Parsed.Bad<string>($"\"{text}\" is not an absolute path; begin with /, for example /etc/halvs/cluster.key");

    /// <summary>A fence agent: absolute, or a plain name that is looked for in /usr/sbin.</summary>
    public static Parsed<string> Program(string text) =>
        Absolute(text).Complaint is null || (text.Length > 0 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            ? text
            : Parsed.Bad<string>($"\"{text}\" is not a program; write its name in /usr/sbin like fence_apc, or an absolute path");
}
