using System.Text;
using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>The standby's side: what the active says goes into the live table, so that a takeover copies nothing.</summary>
internal sealed class RemoteConnections(
    ConnectionTable connections, ServerRegistry servers, ServiceTable services, ForwarderCounters counters)
{
    private readonly RemoteTemplates _templates = new(connections, services);
    private readonly RemoteControls _controls = new(connections);
    private long _lastNow;

    /// <summary>Everything that stands in the table now is stale until the snapshot names it.</summary>
    public void BeginSnapshot()
    {
        connections.SnapshotEpoch++;
        _templates.Forget();
    }

    public int EndSnapshot(ref int cursor, int slots)
    {
        int removed = 0;
        int slot = cursor + 1;
        int last = (int)Math.Min((long)cursor + slots, connections.Flows.HighWater);
        for (; slot <= last; slot++)
        {
            if (!connections[slot].InUse)
            {
                continue;
            }

            if (connections[slot].SnapshotEpoch == connections.SnapshotEpoch)
            {
                _templates.Confirmed(slot, _lastNow);
                _controls.Applied(slot, _lastNow);
            }
            else
            {
                connections.Remove(slot);
                removed++;
            }
        }

        cursor = last >= connections.Flows.HighWater ? -1 : last;
        return removed;
    }

    public bool Apply(in ConnectionChange change, long now)
    {
        _lastNow = now;
        ConnectionRecord record = change.Record;
        int slot = connections.Find(in record, now);
        if (slot != 0 && (change.Kind == ConnectionChangeKind.Delete || !SameEnds(in connections[slot], in record)))
        {
            connections.Remove(slot);
            slot = 0;
        }

        return change.Kind == ConnectionChangeKind.Delete || Upsert(slot, in record, now);
    }

    private bool Upsert(int slot, in ConnectionRecord record, long now)
    {
        if (slot != 0)
        {
            connections.Overwrite(slot, in record, now);
            _templates.Applied(slot, in record, now);
            _controls.Applied(slot, now);
            return true;
        }

        // A server that is not configured here is kept for its connections and becomes live when the configuration names it.
        RealServer? server = record.Kind == ConnectionKind.Masquerade ? null : servers.GetOrAdd(ServerKey.Of(in record), anyPort: record.ServicePort != record.VirtualPort);
        Span<byte> room = stackalloc byte[CallTable.LongestId];
        slot = connections.Add(in record, server, now, mayEvict: false, call: CallOf(in record, room));
        if (slot != 0)
        {
            _templates.Applied(slot, in record, now);
            _controls.Applied(slot, now);
            return true;
        }

        servers.ForgetIfUnused(server);
        counters.Drop(DropReason.TableFull);
        return false;
    }

    private CallId CallOf(in ConnectionRecord record, Span<byte> room)
    {
        if (record is not { Kind: ConnectionKind.Template, CallId: { } text } || !Encoding.Latin1.TryGetBytes(text, room, out int bytes))
        {
            return default;
        }

        connections.Calls.Reserve(); // The service may be configured later than its connections come.
        return new CallId(room[..bytes]);
    }

    private static bool SameEnds(in Flow flow, in ConnectionRecord record) =>
        flow.Kind == record.Kind && flow.Server == record.Server && flow.ServerPort == record.ServerPort
        && ServerKey.Of(FlowRecord.Of(in flow, 0)) == ServerKey.Of(in record)
        && flow.ControlClientPort == record.ControlClientPort && flow.ControlVirtualPort == record.ControlVirtualPort
        && flow.GatewayPort == record.GatewayPort && flow.Gateway == record.Gateway
        && ((flow.Traits ^ record.Traits) & ConnectionTraits.Hairpin) == 0;
}
