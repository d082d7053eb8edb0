using HaLvs.Director.Sync.V1;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Runtime;

/// <summary>The side that sync sees.</summary>
public sealed partial class RuntimeServices : IRuntimeReplica
{
    public ulong Version => _now.Version;

    public RuntimeState ToMessage(ulong epoch) => new() { Epoch = epoch, Table = _now.ToMessage() };

    /// <summary>The serving node's word counts, also over a version of ours that it never got: it has served without it.</summary>
    public void Adopt(RuntimeState message)
    {
        ArgumentNullException.ThrowIfNull(message);
        RuntimeSnapshot before = _now;
        RuntimeSnapshot theirs = RuntimeSnapshot.From(message.Table ?? throw new InvalidDataException("run-time services without a table"));
        RuntimeSnapshot ours = theirs with { FileServices = before.FileServices, FileTimeouts = before.FileTimeouts };
        if ((before.Epoch, before.Version).CompareTo((theirs.Epoch, theirs.Version)) > 0 && before.Drifts)
        {
            _events.Add(EventSeverity.Warning, "services", "the serving node did not have these run-time changes of this node, they are gone: " + string.Join("; ", Drift.Lines(before)));
        }

        Run(ours);
        _now = ours;
        if (!TableMerge.Same(before.Services, ours.Services) || before.Timeouts != ours.Timeouts)
        {
            _events.Add(EventSeverity.Info, "services", $"the peer's run-time services were taken over, version {ours.Version}");
        }
    }

    public void Persist()
    {
        try
        {
            _store.Write(_now);
        }
        catch (LinuxException e)
        {
            _events.Add(EventSeverity.Alarm, "services", $"run-time services of the peer are in force but not on this node's disk: {e.Message}");
        }
    }

    public void Acknowledged(ulong version) => _peer.Reached(version);
}
