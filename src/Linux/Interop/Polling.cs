using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>poll.h, sys/eventfd.h, time.h.</summary>
internal static class Polling
{
    public const short POLLIN = 1;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;
    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_BOOTTIME = 7;
}

[KernelStruct("struct pollfd")]
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int fd;
    public short events;
    public short revents;
}

[KernelStruct("struct timespec")]
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public nint tv_sec;
    public nint tv_nsec;
}
