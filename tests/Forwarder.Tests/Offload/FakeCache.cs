using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Offload;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Offload;

/// <summary>A kernel that remembers what it was told.</summary>
internal sealed class FakeCache : IOffloadCache
{
    private readonly Dictionary<int, long> _seen = [];
    private readonly Dictionary<int, OffloadTraffic> _traffic = [];

    private readonly Dictionary<ConnectionKey, int> _slots = [];

    /// <summary>Installed flows by slot.</summary>
    public Dictionary<int, ConnectionRecord> Flows { get; } = [];

    public long LastSeen(int slot) => _seen.GetValueOrDefault(slot);

    public OffloadTraffic TakeTraffic(int slot) => _traffic.Remove(slot, out OffloadTraffic traffic) ? traffic : default;

    /// <summary>The kernel forwarded packets of this slot's flow.</summary>
    public void Forwarded(int slot, long now, OffloadTraffic traffic)
    {
        _seen[slot] = now;
        _traffic[slot] = traffic;
    }

    /// <summary>Carries the core's orders out; how many there were.</summary>
    public int Obey(TestDirector director)
    {
        OffloadChange[] changes = new OffloadChange[64];
        int total = 0;
        for (int count; (count = director.Core.TakeOffloadChanges(changes)) > 0; total += count)
        {
            foreach (OffloadChange change in changes.AsSpan(0, count))
            {
                Carry(in change);
            }
        }

        return total;
    }

    private void Carry(in OffloadChange change)
    {
        if (change.Kind == OffloadChangeKind.Install)
        {
            Assert.True(_slots.TryAdd(change.Record.Key, change.Slot), "the kernel has a flow of these ends already");
            Assert.True(Flows.TryAdd(change.Slot, change.Record), "the slot has a flow already");
            _seen.Remove(change.Slot);
            _traffic.Remove(change.Slot);
        }
        else if (_slots.Remove(change.Record.Key, out int slot))
        {
            Flows.Remove(slot);
        }
    }
}
