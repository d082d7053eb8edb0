using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>The clocks that decide (I9). Neither is ever set or jumps; only differences mean something. clock_gettime(2).</summary>
public static unsafe class MonotonicClock
{
    /// <summary>CLOCK_MONOTONIC: stands still while the machine is suspended.</summary>
    public static TimeSpan Now => Read(Polling.CLOCK_MONOTONIC);

    /// <summary>CLOCK_BOOTTIME: runs on in suspend. When it gains on <see cref="Now"/>, the machine slept.</summary>
    public static TimeSpan SinceBoot => Read(Polling.CLOCK_BOOTTIME);

    private static TimeSpan Read(int clock)
    {
        TimeSpec time;
        if (Libc.clock_gettime(clock, &time) != 0)
            throw new LinuxException($"read clock {clock}", Marshal.GetLastPInvokeError(), "");
        return new TimeSpan((time.tv_sec * TimeSpan.TicksPerSecond) + (time.tv_nsec / TimeSpan.NanosecondsPerTick));
    }
}
