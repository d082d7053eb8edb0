namespace HaLvs.Stonith.Plan;

/// <summary>Where one device of the running level stands. See <see cref="DeviceRun"/> for the picture.</summary>
internal enum DeviceRunPhase
{
    /// <summary>Off is sent, its answer outstanding.</summary>
    Switching,

    /// <summary>Status is sent, its answer outstanding.</summary>
    Reading,

    /// <summary>Read on or unknown; the next reading is due.</summary>
    Polling,

    /// <summary>An attempt failed; the next one is due.</summary>
    Pausing,

    /// <summary>Read back as off after our off command.</summary>
    ReadOff,

    /// <summary>Out of attempts.</summary>
    Failed,
}
