using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Reading;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Validation;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration;

/// <summary>
/// Reads the configuration file: text → tables with places → Config (what was written) → rules → Model. Pure but for reading the one file:
/// whether keys, passwords and devices exist is asked by <see cref="FileChecks"/>. Never throws for what a file holds.
/// </summary>
public static class ConfigurationReader
{
    /// <summary>Thousands of services fit; a device or a log file by mistake does not.</summary>
    private const int MaximumBytes = 1024 * 1024;

    public static ConfigurationResult Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return LoadBytes(ReadFile(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Unreadable(path, $"cannot be read ({exception.Message}); correct the path, or run as root");
        }
    }

    public static ConfigurationResult LoadText(string text, string path)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text, path, HashOf(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>First 8 bytes of the SHA-256, big-endian: travels in the heartbeat.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(file));

    private static ConfigurationResult LoadBytes(byte[] bytes, string path)
    {
        if (bytes.Length > MaximumBytes)
        {
            return Unreadable(path, $"is longer than {MaximumBytes} bytes, no configuration file; correct the path");
        }

        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return Read(strict.GetString(bytes), path, HashOf(bytes));
        }
        catch (DecoderFallbackException exception)
        {
            int line = bytes.AsSpan(0, Math.Max(exception.Index, 0)).Count((byte)'\n') + 1;
            var issues = new IssueList(path);
            issues.Error(new Position(line, 1), "file", "the line is not UTF-8 text; save the file as UTF-8");
            return new ConfigurationResult(null, issues.InFileOrder());
        }
    }

    private static ConfigurationResult Read(string text, string path, ulong hash)
    {
        var issues = new IssueList(path);
        TomlTable? root = TomlFile.Parse(text.StartsWith('\ufeff') ? text[1..] : text, issues);
        if (root is null)
        {
            return new ConfigurationResult(null, issues.InFileOrder());
        }

        DirectorConfig config = FileReader.Read(root, issues);
        ConfigurationRules.Check(config, issues);
        DirectorModel? model = issues.HasErrors ? null : ModelBuilder.Build(config, path, hash);
        return new ConfigurationResult(model, issues.InFileOrder());
    }

    /// <summary>At most one byte more than allowed: also a device without an end is noticed.</summary>
    private static byte[] ReadFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] buffer = new byte[MaximumBytes + 1];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }

    private static ConfigurationResult Unreadable(string path, string text)
    {
        var issues = new IssueList(path);
        issues.Error(Position.Start, "file", text);
        return new ConfigurationResult(null, issues.InFileOrder());
    }
}
