using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>What came of one run-time change; values travel in control.proto: never renumber. The first ones are <see cref="ServiceOutcome"/>.</summary>
public enum ChangeOutcome
{
    Done = 0,
    ServiceExists = 1,
    NoSuchService = 2,
    ServerExists = 3,
    NoSuchServer = 4,
    UnknownScheduler = 5,
    OutOfRange = 6,
    Invalid = 7,
    DaemonRuns = 20,
    NoDaemon = 21,
    NoSuchDevice = 22,
}
