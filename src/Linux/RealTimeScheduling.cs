using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// Keeps a busy or swapping machine from delaying the heartbeat. A refusal is an answer, not an error: the director runs on, and says so.
/// </summary>
public static unsafe class RealTimeScheduling
{
    /// <summary>
    /// The calling thread gets SCHED_FIFO (1 low to 99 high). Its children do not inherit it (SCHED_RESET_ON_FORK): a fence agent
    /// that spins must not starve the heartbeat.
    /// </summary>
    public static RealTimeOutcome RaiseCurrentThread(int priority)
    {
        SchedParam parameter = new() { sched_priority = priority };
        return Libc.sched_setscheduler(0, Scheduling.SCHED_FIFO | Scheduling.SCHED_RESET_ON_FORK, &parameter) == 0
            ? new RealTimeOutcome(true, $"SCHED_FIFO {priority}")
            : Refused("real-time scheduling (SCHED_FIFO)", "Grant CAP_SYS_NICE or LimitRTPRIO= in the unit.");
    }

    /// <summary>
    /// No page that is in use is ever swapped out. Pages are locked as they are touched (MCL_ONFAULT), because the runtime reserves far more
    /// address space than it uses.
    /// </summary>
    public static RealTimeOutcome LockMemory() =>
        Libc.mlockall(Scheduling.MCL_CURRENT | Scheduling.MCL_FUTURE | Scheduling.MCL_ONFAULT) == 0
            ? new RealTimeOutcome(true, "memory locked")
            : Refused("locking memory (mlockall)", "Grant CAP_IPC_LOCK or LimitMEMLOCK=infinity in the unit.");

    private static RealTimeOutcome Refused(string what, string advice) =>
        new(false, $"{what} is not permitted: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. {advice}");
}
