using System.Collections.Immutable;
using HaLvs.Forwarder.Offload;

namespace HaLvs.Forwarder;

/// <summary>The kernel's cache of flows: orders go out by <see cref="TakeOffloadChanges"/>, what it saw comes in by <see cref="IOffloadCache"/>.</summary>
public sealed partial class ForwardingCore
{
    /// <summary>Flows that the kernel forwards by itself, or is about to.</summary>
    public int OffloadedCount => _connections.Offload.Count;

    public bool HasOffloadChanges => _connections.Offload.Log.HasChanges;

    /// <summary>True when a removal was lost: empty the kernel's cache and call <see cref="UseOffload"/> again.</summary>
    public bool OffloadLogOverflowed => _connections.Offload.Log.Overflowed;

    /// <summary>Begins to give flows to an empty kernel cache; null ends it, and every flow is this core's again. Walks the table.</summary>
    /// <param name="afterPackets">Packets of the side that began before its flow is given.</param>
    public void UseOffload(IOffloadCache? cache, int afterPackets = 0)
    {
        _connections.Offload.AfterPackets = afterPackets;
        _connections.Offload.Use(cache);
    }

    /// <summary>
    /// Takes up to <paramref name="destination"/>.Length orders, oldest first; returns how many. Carry them out in this order, all of them before the next packet is
    /// processed: then no entry outlives its connection.
    /// </summary>
    public int TakeOffloadChanges(Span<OffloadChange> destination)
    {
        int count = 0;
        while (count < destination.Length && _connections.Offload.Log.TryTake(out OffloadChange change))
        {
            if (_connections.Offload.Stands(in change))
            {
                destination[count++] = change;
            }
        }

        return count;
    }

    /// <summary>The kernel had no room for an install: the flow stays here, and nothing more is given for a second.</summary>
    public void OffloadRefused(in OffloadChange change, long now) => _connections.Offload.Refused(change.Slot, change.Stamp, now);

    /// <summary>Changes with every change of <see cref="OffloadServers"/>.</summary>
    public long OffloadServersVersion => FactsRenewed;

    /// <summary>Every real server that a flow may point at.</summary>
    public ImmutableArray<OffloadServer> OffloadServers() => [.. _servers.All.Select(s => new OffloadServer(s.Slot, s.Key.Address, s.IsConfigured))];
}
