namespace HaLvs.Linux;

/// <summary>Names this run of the kernel: random at each boot, the same for all processes and namespaces. random(4).</summary>
public static class BootId
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    public static Guid Read()
    {
        try
        {
            return Guid.Parse(File.ReadAllText(Source).Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new LinuxException($"read the boot id from {Source}: {error.Message} Mount /proc.");
        }
    }
}
