using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>Wakes a thread out of <see cref="Poller.Wait"/>: any thread signals, the polling thread drains. eventfd(2).</summary>
public sealed unsafe class EventFd : IDisposable
{
    public EventFd() => Handle = FileDescriptor.Own(
        Libc.eventfd(0, Polling.EFD_NONBLOCK | Polling.EFD_CLOEXEC), "open an eventfd", "Raise the limit of open files (ulimit -n).");

    public FileDescriptor Handle { get; }

    /// <summary>Thread-safe; many signals before a drain count as one.</summary>
    public void Signal()
    {
        ulong one = 1;
        while (Libc.write(Handle, (byte*)&one, sizeof(ulong)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return; // The counter is full: the reader has more than enough reason to wake.
            if (errno != Errno.EINTR)
                throw new LinuxException("signal an eventfd", errno, "");
        }
    }

    /// <summary>True when it was signalled since the last drain.</summary>
    public bool Drain()
    {
        ulong count;
        while (Libc.read(Handle, (byte*)&count, sizeof(ulong)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return false;
            if (errno != Errno.EINTR)
                throw new LinuxException("read an eventfd", errno, "");
        }

        return true;
    }

    public void Dispose() => Handle.Dispose();
}
