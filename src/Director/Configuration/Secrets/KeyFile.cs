using System.Text;
using HaLvs.Linux;

namespace HaLvs.Director.Configuration.Secrets;

/// <summary>Keys and certificates on disk: secret ones are read only when nobody else can, and are 0600 from their first byte on.</summary>
public static class KeyFile
{
    private const UnixFileMode PublicMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Null when the file can be trusted with a secret; otherwise one line: what is wrong and the command that puts it right.</summary>
    public static string? Complaint(string path)
    {
        try
        {
            Array.Clear(SecretFile.Read(path));
            return null;
        }
        catch (LinuxException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>The text of a file that only root or this user can touch.</summary>
    /// <exception cref="ConfigurationException">One line for the operator.</exception>
    public static string ReadSecret(string path)
    {
        try
        {
            byte[] bytes = SecretFile.Read(path);
            string text = Encoding.UTF8.GetString(bytes);
            Array.Clear(bytes);
            return text;
        }
        catch (LinuxException exception)
        {
            throw new ConfigurationException(exception.Message, exception);
        }
    }

    /// <summary>The text of a small file that anyone may read.</summary>
    /// <exception cref="ConfigurationException">One line for the operator.</exception>
    public static string ReadPublic(string path)
    {
        try
        {
            // A FIFO or a device would hang the start: only a regular file has a length.
            return new FileInfo(path) is { Exists: true, Length: > 0 and <= SecretFile.SizeLimitBytes }
                ? File.ReadAllText(path, Encoding.UTF8)
                : throw new ConfigurationException($"{path} does not exist, is empty or is no certificate file. Make it with halvs keygen, or correct the path.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read: {exception.Message} Run as root, or correct the path.", exception);
        }
    }

    /// <summary>Mode 0600; a reader sees the old file or the whole new one.</summary>
    /// <exception cref="LinuxException">Nothing was replaced.</exception>
    public static void WriteSecret(string path, string text) => DurableFile.Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Mode 0644.</summary>
    /// <exception cref="LinuxException">Nothing was replaced.</exception>
    public static void WritePublic(string path, string text)
    {
        WriteSecret(path, text);
        File.SetUnixFileMode(path, PublicMode);
    }
}
