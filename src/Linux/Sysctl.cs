namespace HaLvs.Linux;

/// <summary>
/// /proc/sys. A key is the path below it with slashes ("net/ipv4/conf/eth0.10/forwarding"), because interface names may hold dots.
/// Keys under net/ belong to the network namespace of the calling thread.
/// </summary>
public static class Sysctl
{
    private const string Root = "/proc/sys/";

    /// <summary>Null when this kernel or this interface has no such key.</summary>
    public static string? Read(string key)
    {
        try
        {
            return File.ReadAllText(Root + key).Trim();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static void Write(string key, string value)
    {
        try
        {
            File.WriteAllText(Root + key, value);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LinuxException($"set sysctl {key} to {value}: {error.Message} Run as root (CAP_NET_ADMIN), with /proc/sys writable.");
        }
    }
}
