namespace HaLvs.Forwarder.Services;

/// <summary>What came of one change of the service table; the errors are those that the kernel gives to ipvsadm.</summary>
public enum ServiceOutcome : byte
{
    Done = 0,
    ServiceExists,
    NoSuchService,
    ServerExists,
    NoSuchServer,
    UnknownScheduler,

    /// <summary>A number outside its range, or a lower threshold above the upper one (ERANGE).</summary>
    OutOfRange,

    /// <summary>A combination that the kernel refuses (EINVAL).</summary>
    Invalid,
}
