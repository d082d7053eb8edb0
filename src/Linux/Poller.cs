using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// Waits until one of a fixed set of descriptors can be read, without allocation: ppoll(2). One thread uses it. It keeps the descriptors open
/// (a counted reference) until it is disposed, so dispose it before or after them, in any order.
/// </summary>
public sealed unsafe class Poller : IDisposable
{
    private readonly FileDescriptor[] _handles;
    private readonly PollFd[] _descriptors;

    public Poller(params FileDescriptor[] handles)
    {
        _handles = [.. handles];
        _descriptors = GC.AllocateArray<PollFd>(handles.Length, pinned: true);
        for (int i = 0; i < handles.Length; i++)
        {
            bool added = false;
            handles[i].DangerousAddRef(ref added);
            _descriptors[i] = new PollFd { fd = (int)handles[i].DangerousGetHandle(), events = Polling.POLLIN };
        }
    }

    /// <summary>Returns how many descriptors are ready: 0 after the time-out. A negative time-out waits without end. A signal restarts the wait.</summary>
    public int Wait(TimeSpan timeout)
    {
        TimeSpan deadline = MonotonicClock.Now + timeout;
        fixed (PollFd* descriptors = _descriptors)
        {
            while (true)
            {
                int ready = Poll(descriptors, timeout);
                if (ready >= 0)
                    return ready;
                if (timeout >= TimeSpan.Zero && (timeout = deadline - MonotonicClock.Now) <= TimeSpan.Zero)
                    return 0;
            }
        }
    }

    /// <summary>After <see cref="Wait"/>: descriptor i (in the order of the constructor) has something to read, or an error that a read will report.</summary>
    public bool IsReadable(int index) =>
        (_descriptors[index].revents & (Polling.POLLIN | Polling.POLLERR | Polling.POLLHUP)) != 0;

    public void Dispose()
    {
        for (int i = 0; i < _descriptors.Length; i++)
        {
            if (_descriptors[i].fd < 0)
                continue;
            _descriptors[i].fd = -1;
            _handles[i].DangerousRelease();
        }
    }

    private int Poll(PollFd* descriptors, TimeSpan timeout)
    {
        TimeSpec limit = new()
        {
            tv_sec = (nint)(timeout.Ticks / TimeSpan.TicksPerSecond),
            tv_nsec = (nint)(timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        int ready = Libc.ppoll(descriptors, (nuint)_descriptors.Length, timeout < TimeSpan.Zero ? null : &limit, null);
        if (ready < 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.EINTR)
            throw new LinuxException("wait for descriptors", errno, "");
        return ready;
    }
}
