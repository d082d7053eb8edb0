namespace HaLvs.Director.Configuration.Keys;

/// <summary>Which known name did the operator mean?</summary>
internal static class NearestName
{
    /// <summary>"did you mean "x"? " with a trailing blank, or nothing when no name is near.</summary>
    public static string Question(string written, IEnumerable<string> known) =>
        Of(written, known) is { } name ? $"did you mean \"{name}\"? " : "";

    /// <summary>The nearest name; null when none is within a third of its length.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        // Longer than any name: cannot be near one, and the distance costs the product of the lengths.
        if (written.Length > 64)
        {
            return null;
        }

        (string? name, int distance) = known.Select(k => (k, Distance(written.ToLowerInvariant(), k)))
            .OrderBy(p => p.Item2).FirstOrDefault((null!, int.MaxValue));
        return name is not null && distance <= Math.Max(1, Math.Max(name.Length, written.Length) / 3) ? name : null;
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Cheapest(cost, left, right, i, j);
            }
        }

        return cost[left.Length, right.Length];
    }

    private static int Cheapest(int[,] cost, string left, string right, int i, int j)
    {
        int replace = cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
        int best = Math.Min(replace, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
        bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
    }
}
