using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// Keys and passwords. The file must be a regular file that only its owner can touch, and the owner must be us or root; checked on the
/// open descriptor, so that nobody can swap the file between check and read.
/// </summary>
public static unsafe class SecretFile
{
    /// <summary>No secret of ours is larger.</summary>
    public const int SizeLimitBytes = 65536;

    private const ushort GroupAndOthers = 0x3F;       // 0077
    private const ushort PermissionBits = 0xFFF;      // 07777
    private const ushort FileTypeBits = 0xF000;       // S_IFMT
    private const ushort RegularFile = 0x8000;        // S_IFREG

    public static byte[] Read(string path)
    {
        // Non-blocking: a FIFO at that path must give an error, not a director that hangs at start.
        using FileDescriptor file = FileDescriptor.Own(
            Libc.open(path, Files.O_RDONLY | Files.O_CLOEXEC | Files.O_NONBLOCK, 0), $"read the secret {path}", "Make it, or correct the path in the configuration.");
        Check(path, file);
        byte[] buffer = new byte[SizeLimitBytes + 1];
        int length = ReadAll(path, file, buffer);
        if (length > SizeLimitBytes)
            throw new LinuxException($"{path} is larger than {SizeLimitBytes} bytes: it is no key or password file. Correct the path.");
        byte[] secret = buffer.AsSpan(0, length).ToArray();
        Array.Clear(buffer);
        return secret;
    }

    private static void Check(string path, FileDescriptor file)
    {
        Statx status;
        if (Libc.statx(file, "", Files.AT_EMPTY_PATH, Files.STATX_TYPE | Files.STATX_MODE | Files.STATX_UID, &status) != 0)
            throw new LinuxException($"check the mode of {path}", Marshal.GetLastPInvokeError(), "");
        if ((status.stx_mode & FileTypeBits) != RegularFile)
            throw new LinuxException($"{path} is not a regular file. Give the path of a file that holds the secret.");
        if (status.stx_uid != 0 && status.stx_uid != Libc.geteuid())
            throw new LinuxException($"{path} belongs to user {status.stx_uid}, who could change the secret. Mend it: chown root {path}");
        if ((status.stx_mode & GroupAndOthers) != 0)
        {
            string mode = Convert.ToString(status.stx_mode & PermissionBits, 8).PadLeft(4, '0');
            throw new LinuxException($"{path} has mode {mode}: others than its owner can reach the secret. Mend it: chmod 600 {path}");
        }
    }

    private static int ReadAll(string path, FileDescriptor file, Span<byte> buffer)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            nint count;
            fixed (byte* bytes = buffer[length..])
                count = Libc.read(file, bytes, buffer.Length - length);
            if (count == 0)
                break;
            if (count < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.EINTR)
                throw new LinuxException($"read {path}", errno, "");
            length += (int)Math.Max(count, 0);
        }

        return length;
    }
}
