using System.Text;

namespace HaLvs.Stonith.Devices;

/// <summary>
/// Reads a device's password at each use, so that it can be changed without a restart. The mode is checked on the open file, not on its name:
/// nothing can be swapped in between.
/// </summary>
internal static class PasswordFile
{
    private const UnixFileMode OthersAccess =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int LongestFile = 1024;

    /// <summary>The first line without its end, or null and what is wrong with the file.</summary>
    public static string? Read(string path, out string? error)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            error = ModeError(file, path);
            return error is null ? FirstLine(file, path, out error) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = $"password file {path} can not be read: {failure.Message}";
            return null;
        }
    }

    private static string? ModeError(FileStream file, string path)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("password files carry Linux modes");
        var mode = File.GetUnixFileMode(file.SafeFileHandle);
        return (mode & OthersAccess) == 0
            ? null
            : $"password file {path} is open to group or others (mode {Convert.ToString((int)mode, 8)}): chmod 600 {path}";
    }

    private static string? FirstLine(FileStream file, string path, out string? error)
    {
        error = null;
        if (file.Length > LongestFile) error = $"password file {path} holds {file.Length} bytes: expected one line";
        using var reader = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var line = error is null ? reader.ReadLine() : null;
        if (error is null && string.IsNullOrEmpty(line)) error = $"password file {path} is empty: expected the password in its first line";
        return error is null ? line : null;
    }
}
