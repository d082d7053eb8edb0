namespace HaLvs.Director.Configuration.Names;

/// <summary>
/// Names of clusters and nodes: they travel in every heartbeat, become file names and DNS names of certificates, and a node's is compared with
/// the machine's host name. So: RFC 1123 labels, and short enough for a heartbeat message.
/// </summary>
public static class NameRule
{
    public const int MaximumLength = 32;

    /// <summary>Null when good; otherwise what is wrong and what would be right.</summary>
    public static string? Complaint(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaximumLength)
        {
            return $"the name has {name.Length} characters; use 1 to {MaximumLength}";
        }

        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.'))
            {
                return $"the name contains {Shown(character)}; use letters a to z, digits, '-' and '.'";
            }
        }

        return name.Split('.').Any(label => label.Length == 0 || label[0] == '-' || label[^1] == '-')
            ? "each part of the name between dots must begin and end with a letter or digit; for example director-a"
            : null;
    }

    /// <summary>A DNS name as RFC 1123 section 2.1 allows it, of any length up to 253.</summary>
    public static bool IsHostName(string name) =>
        name is { Length: > 0 and <= 253 }
        && name.Split('.').All(l => l is { Length: > 0 and <= 63 } && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    private static string Shown(char character) =>
        char.IsAscii(character) && !char.IsControl(character) ? $"'{character}'" : $"the character U+{(int)character:X4}";
}
