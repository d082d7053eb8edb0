using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync;

/// <summary>Whether our copy of the active's table is complete and its stream up; posts every change to the role machine, in order. Never true while this node is active itself.</summary>
internal sealed class InSyncState(Action<NodeInput> post)
{
    private readonly Lock _lock = new();
    private bool _active;
    private bool _inSync;

    public bool InSync
    {
        get
        {
            lock (_lock) return _inSync;
        }
    }

    /// <summary>True when this changed something.</summary>
    public bool Set(bool inSync)
    {
        lock (_lock) return Change(inSync && !_active);
    }

    public void SetActive(bool active)
    {
        lock (_lock)
        {
            _active = active;
            if (active) Change(false);
        }
    }

    private bool Change(bool inSync)
    {
        if (inSync == _inSync) return false;
        _inSync = inSync;
        post(new NodeInput.SyncState(inSync));
        return true;
    }
}
