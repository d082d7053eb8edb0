namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>The lines of ipvsadm --restore as words. There are no comments and no quotes; the word "ipvsadm" is passed over, so that scripts can be restored.</summary>
internal static class RestoreInput
{
    private static readonly char[] s_blanks = [' ', '\t', '\r'];

    /// <summary>Lines that hold any word, numbered from 1.</summary>
    public static IEnumerable<(int Number, string[] Words)> Lines(TextReader input)
    {
        for (int number = 1; input.ReadLine() is { } line; number++)
        {
            string[] words = [.. line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).Where(w => w != "ipvsadm")];
            if (words.Length > 0)
            {
                yield return (number, words);
            }
        }
    }
}
