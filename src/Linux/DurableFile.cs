using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// Replaces a file so that after a power cut either the old or the new content stands there, never a part: write beside it, fsync, rename,
/// fsync the folder. The epoch and the incarnation counter live in such files (I7).
/// </summary>
public static unsafe class DurableFile
{
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>On return the content is on the disk. On <see cref="LinuxException"/> the old content stands.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string full = Path.GetFullPath(path);
        string temporary = full + ".new";
        try
        {
            WriteAndSync(temporary, full, content);
            if (Libc.rename(temporary, full) != 0)
                throw Failed("replace", full);
        }
        catch (LinuxException)
        {
            _ = Libc.unlink(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(full)!);
    }

    private static void WriteAndSync(string temporary, string target, ReadOnlySpan<byte> content)
    {
        int descriptor = Libc.open(temporary, Files.O_WRONLY | Files.O_CREAT | Files.O_TRUNC | Files.O_CLOEXEC, OwnerOnly);
        if (descriptor < 0)
            throw Failed("write", target);
        using FileDescriptor file = FileDescriptor.Own(descriptor, "", "");
        while (!content.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = content)
                written = Libc.write(file, bytes, content.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw Failed("write", target);
            content = content[(int)Math.Max(written, 0)..];
        }

        Sync(file, target);
    }

    private static void SyncFolder(string folder)
    {
        int descriptor = Libc.open(folder, Files.O_RDONLY | Files.O_CLOEXEC, 0);
        if (descriptor < 0)
            throw Failed("sync the folder", folder);
        using FileDescriptor directory = FileDescriptor.Own(descriptor, "", "");
        Sync(directory, folder);
    }

    private static void Sync(FileDescriptor file, string path)
    {
        while (Libc.fsync(file) != 0)
        {
            // An fsync that failed once is never repeated: the kernel may have dropped the dirty pages, and a second call would lie.
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw Failed("sync", path);
        }
    }

    private static LinuxException Failed(string what, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new LinuxException($"{what} {path}", errno, errno switch
        {
            Errno.ENOSPC or Errno.EDQUOT => $"The disk is full: free space on the file system of {Path.GetDirectoryName(path)}.",
            Errno.ENOENT => $"Make the folder {Path.GetDirectoryName(path)}.",
            Errno.EACCES or Errno.EPERM => "Run as the owner of that folder or as root.",
            Errno.EROFS => "The file system is read-only: check the disk, then remount it.",
            _ => "Check the disk.",
        });
    }
}
