using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>sched.h and sys/mman.h.</summary>
internal static class Scheduling
{
    public const int SCHED_FIFO = 1;
    public const int SCHED_RESET_ON_FORK = 0x40000000;
    public const int MCL_CURRENT = 1;
    public const int MCL_FUTURE = 2;
    public const int MCL_ONFAULT = 4;
    public const int CLONE_NEWNET = 0x40000000;
}

[KernelStruct("struct sched_param")]
[StructLayout(LayoutKind.Sequential)]
internal struct SchedParam
{
    public int sched_priority;
}
