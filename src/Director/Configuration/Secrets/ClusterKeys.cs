using System.Security.Cryptography;

namespace HaLvs.Director.Configuration.Secrets;

/// <summary>
/// The keys that sign heartbeats: one base64 line of 32 bytes each, '#' starts a comment line. The first signs, all are accepted, so that a key
/// can roll: add the new one below on both nodes, then move it up on both, then take the old one away.
/// </summary>
public static class ClusterKeys
{
    public const int KeyBytes = 32;

    /// <summary>At most this many: each message from outside is tried against every key.</summary>
    public const int MaximumKeys = 4;

    /// <summary>At least one key of <see cref="KeyBytes"/> bytes, in the order of the file.</summary>
    /// <exception cref="ConfigurationException">Missing, open to others, or not such a file; one line for the operator, never a key.</exception>
    public static IReadOnlyList<byte[]> Read(string path)
    {
        var keys = new List<byte[]>();
        int lineNumber = 0;
        foreach (string line in KeyFile.ReadSecret(path).Split('\n'))
        {
            lineNumber++;
            string text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                keys.Add(Decode(text) ?? throw Wrong(path, lineNumber));
            }
        }

        return Counted(keys, path);
    }

    /// <summary>One line for a new key file.</summary>
    public static string NewKeyLine() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n";

    private static List<byte[]> Counted(List<byte[]> keys, string path) => keys.Count switch
    {
        0 => throw new ConfigurationException($"{path}: holds no key; make one with halvs keygen"),
        > MaximumKeys => throw new ConfigurationException($"{path}: holds {keys.Count} keys, at most {MaximumKeys}; take the oldest away"),
        _ => keys,
    };

    private static byte[]? Decode(string text)
    {
        byte[] buffer = new byte[KeyBytes + 3];
        return Convert.TryFromBase64String(text, buffer, out int written) && written == KeyBytes ? buffer[..KeyBytes] : null;
    }

    private static ConfigurationException Wrong(string path, int line) =>
        new($"{path}:{line}: is not {KeyBytes} bytes in base64 (44 characters); make a key with halvs keygen");
}
