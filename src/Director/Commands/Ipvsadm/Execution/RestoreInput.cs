namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>The lines of ipvsadm --restore as words. There are no comments and no quotes; the word "ipvsadm" is passed over, so that scripts can be restored.</summary>
internal static class RestoreInput
{
    private static readonly char[] s_blanks = [' ', '\t', '\r'];

    /// <summary>Lines that hold any word.</summary>
    public static IEnumerable<string[]> Lines(TextReader input)
    {
        while (input.ReadLine() is { } line)
        {
            string[] words = [.. line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).Where(w => w != "ipvsadm")];
            if (words.Length > 0)
            {
                yield return words;
            }
        }
    }
}
