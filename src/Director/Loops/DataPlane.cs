using System.Diagnostics;
using HaLvs.Forwarder;

namespace HaLvs.Director.Loops;

/// <summary>
/// The forwarding core and its gate. The core is single-threaded; the forward loop, sync and listings take <see cref="Gate"/> for one batch at a
/// time (a few hundred packets or records at most), so that no one waits longer than a batch.
/// </summary>
public sealed class DataPlane(ForwardingCore core)
{
    public Lock Gate { get; } = new();

    /// <summary>Touch only while holding <see cref="Gate"/>.</summary>
    public ForwardingCore Core { get; } = core;

    /// <summary>Monotonic milliseconds, the clock of everything that goes into the core.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
}
