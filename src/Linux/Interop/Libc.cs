using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace HaLvs.Linux.Interop;

/// <summary>
/// The system calls that HaLvs makes, raw: -1 and errno. Only wrappers of this assembly call them; the errno policy (EINTR, what is an error,
/// what is an answer) lives in each wrapper.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(FileDescriptor fd, byte* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(FileDescriptor fd, byte* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(FileDescriptor fd);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string from, string to);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(FileDescriptor fd, string path, int flags, uint mask, Statx* result);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ppoll(PollFd* descriptors, nuint count, TimeSpec* timeout, void* signalMask);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int option, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendto(FileDescriptor fd, byte* buffer, nint count, int flags, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(FileDescriptor fd, byte* buffer, nint count, int flags, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_setscheduler(int pid, int policy, SchedParam* parameter);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(FileDescriptor fd, int type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, FileDescriptor fd, nint offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, int argument);

    /// <summary>glibc has no wrapper of its own for bpf(2).</summary>
    internal static int bpf(int command, void* attribute, uint size) =>
        (int)syscall(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280, command, attribute, size);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, int command, void* attribute, uint size);
}
