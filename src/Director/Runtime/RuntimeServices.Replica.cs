using HaLvs.Director.Loops;
using HaLvs.Director.Sync.V1;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Runtime;

/// <summary>The side that sync sees.</summary>
public sealed partial class RuntimeServices : IRuntimeReplica
{
    public ulong Version => _now.Version;

    public bool IsKept => _keeper.IsKept;

    public RuntimeState ToMessage(ulong epoch) => new() { Epoch = epoch, Table = _now.ToMessage(DataPlane.Now) };

    /// <summary>The serving node's word counts, also over a version of ours that it never got: it has served without it.</summary>
    public void Adopt(RuntimeState message, Action accept)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(accept);
        RuntimeSnapshot theirs = RuntimeSnapshot.From(message.Table ?? throw new InvalidDataException("run-time services without a table"), DataPlane.Now);
        lock (_writing)
        {
            RuntimeSnapshot before = _now;
            RuntimeSnapshot ours = theirs with { FileServices = before.FileServices, FileTimeouts = before.FileTimeouts };
            lock (_dataPlane.Gate)
            {
                accept();
                _keeper.Unkept();
                Swap(before, ours, core => core.ApplyServices(ours.Services), mustServe: false);
            }

            _drained.Clear(); // Where they ended was decided by the node that serves.
            ReportAdoption(before, ours);
            _keeper.Keep(ours);
        }
    }

    public void Acknowledged(ulong version) => _peer.Reached(version);

    private void ReportAdoption(RuntimeSnapshot before, RuntimeSnapshot ours)
    {
        if ((before.Epoch, before.Version).CompareTo((ours.Epoch, ours.Version)) > 0 && before.Drifts)
        {
            _events.Add(EventSeverity.Warning, "services",
                "the serving node did not have these run-time changes of this node, they are gone: " + string.Join("; ", Drift.Lines(before, DataPlane.Now)));
        }

        if (!TableMerge.Same(before.Services, ours.Services) || before.Timeouts != ours.Timeouts)
        {
            _events.Add(EventSeverity.Info, "services", $"the peer's run-time services were taken over, version {ours.Version}");
        }
    }
}
