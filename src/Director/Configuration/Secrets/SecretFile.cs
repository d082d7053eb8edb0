using System.Text;

namespace HaLvs.Director.Configuration.Secrets;

/// <summary>Files with keys and passwords: read only when nobody else can, written with mode 0600 from the first byte on.</summary>
public static class SecretFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string FromKeygen = "make it with halvs keygen";

    private const UnixFileMode OtherBits =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Keys, passwords and certificates are small; a wrong path (a device, a log) must not fill the memory.</summary>
    private const int MaximumBytes = 64 * 1024;

    /// <summary>Null when the file can be trusted with a secret; otherwise what is wrong and the command that puts it right.</summary>
    /// <param name="origin">Where such a file comes from, for the message.</param>
    public static string? Complaint(string path, string origin = FromKeygen)
    {
        try
        {
            return Missing(path, origin) ?? OpenToOthers(path) ?? OwnedByAnother(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot be examined ({exception.Message}); run as root";
        }
    }

    /// <summary>The text of a secret file. Refuses a file that others can read.</summary>
    /// <exception cref="ConfigurationException">One line for the operator.</exception>
    public static string ReadText(string path)
    {
        if (Complaint(path) is { } complaint)
        {
            throw new ConfigurationException($"{path}: {complaint}");
        }

        return ReadPublicText(path);
    }

    /// <summary>The text of a small file that anyone may read.</summary>
    /// <exception cref="ConfigurationException">One line for the operator.</exception>
    public static string ReadPublicText(string path)
    {
        try
        {
            if (Missing(path, FromKeygen) is { } complaint)
            {
                throw new ConfigurationException($"{path}: {complaint}");
            }

            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: cannot be read ({exception.Message}); run as root or correct the path", exception);
        }
    }

    /// <summary>Writes beside the target and renames, so that a reader sees the old file or the whole new one.</summary>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        string draft = $"{path}.new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        // The umask may have taken bits away from the mode given at creation.
        File.SetUnixFileMode(draft, mode);
        File.Move(draft, path, overwrite: true);
    }

    private static string? Missing(string path, string origin)
    {
        if (Directory.Exists(path))
        {
            return "is a folder, not a file; correct the path";
        }

        if (!File.Exists(path))
        {
            return $"does not exist (or its folder is closed to this user); {origin} or correct the path";
        }

        long length = new FileInfo(path).Length;
        return length > MaximumBytes ? $"has {length} bytes, more than any key or password; correct the path" : null;
    }

    private static string? OpenToOthers(string path)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        return (mode & OtherBits) == 0
            ? null
            : $"is open to group or others (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}); run: chmod 600 {path}";
    }

    private static string? OwnedByAnother(string path) =>
        FileOwner.Of(path) is not { } owner || owner == 0 || owner == FileOwner.OwnUserId
            ? null
            : $"belongs to user id {owner}, neither root nor this user; run: chown root {path}";
}
