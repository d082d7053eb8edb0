using Google.Protobuf.Collections;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>Columns to records. Lengths that do not agree end the stream; a value that only a newer version knows costs that one record, counted.</summary>
public sealed class BatchReader
{
    /// <summary>RFC 7323 section 2.3.</summary>
    private const int LargestWindowShift = 14;

    private ConnectionChange[] _changes = [];

    /// <summary>The records that this version understands, valid until the next call, and how many it does not.</summary>
    public ReadOnlySpan<ConnectionChange> Read(ConnectionBatch batch, out int skipped)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int count = CheckedCount(batch);
        if (_changes.Length < count) _changes = new ConnectionChange[count];
        int read = 0;
        for (int i = 0; i < count; i++)
        {
            if (TryRecord(batch, i, out ConnectionChange change)) _changes[read++] = change;
        }

        skipped = count - read;
        return _changes.AsSpan(0, read);
    }

    private static int CheckedCount(ConnectionBatch batch)
    {
        if (batch.Count > SyncTiming.LargestBatchRecords)
            throw new SyncProtocolException($"a batch of {batch.Count} records; at most {SyncTiming.LargestBatchRecords} are allowed");
        int count = (int)batch.Count;
        BatchColumns.Check(batch, count);
        return count;
    }

    private static bool TryRecord(ConnectionBatch batch, int i, out ConnectionChange change)
    {
        uint kind = At(batch.Change, i), side = At(batch.Kind, i), protocol = At(batch.Protocol, i), state = At(batch.State, i);
        uint clientPort = At(batch.ClientPort, i), virtualPort = At(batch.VirtualPort, i), serverPort = At(batch.ServerPort, i);
        bool known = kind <= (uint)ConnectionChangeKind.Delete && side <= (uint)ConnectionKind.Template
            && KnownValues.IsProtocolOf((ConnectionKind)side, protocol) && KnownValues.IsState(state)
            && clientPort <= ushort.MaxValue && virtualPort <= ushort.MaxValue && serverPort <= ushort.MaxValue
            && AreSane(batch, i) && CallColumn.IsSane(batch, i);
        change = !known ? default : new ConnectionChange((ConnectionChangeKind)kind, new ConnectionRecord(
            (ConnectionKind)side, (TransportProtocol)protocol,
            AddressColumns.Read(batch.Client, i), (ushort)clientPort,
            AddressColumns.Read(batch.Virtual, i), (ushort)virtualPort,
            AddressColumns.Read(batch.Server, i), (ushort)serverPort,
            (ConnectionState)state, At(batch.RemainingMilliseconds, i))
        {
            Traits = (ConnectionTraits)At(batch.Traits, i) & KnownValues.Traits,
            Mark = At(batch.Mark, i),
            ServicePort = Differing(At(batch.ServicePort, i), virtualPort),
            ConfiguredPort = Differing(At(batch.ConfiguredPort, i), serverPort),
            ControlClientPort = (ushort)At(batch.ControlClientPort, i),
            ControlVirtualPort = (ushort)At(batch.ControlVirtualPort, i),
            ClientShift = new SequenceShift(At(batch.ClientShiftFrom, i), At(batch.ClientShiftBefore, i), At(batch.ClientShiftAfter, i)),
            ServerShift = new SequenceShift(At(batch.ServerShiftFrom, i), At(batch.ServerShiftBefore, i), At(batch.ServerShiftAfter, i)),
            Gateway = KnownValues.GatewayOf((ConnectionTraits)At(batch.Traits, i), AddressColumns.Read(batch.Gateway, i)),
            GatewayPort = (ushort)At(batch.GatewayPort, i),
            WindowShift = (sbyte)At(batch.WindowShift, i),
            CallId = CallColumn.IdOf(batch, i),
            Call = CallColumn.DigestOf(batch, i),
            ClientTag = At(batch.ClientTag, i),
            ServerTag = At(batch.ServerTag, i),
        });
        return known;
    }

    private static bool AreSane(ConnectionBatch batch, int i) =>
        At(batch.ServicePort, i) <= ushort.MaxValue + 1u && At(batch.ConfiguredPort, i) <= ushort.MaxValue + 1u
        && At(batch.ControlClientPort, i) <= ushort.MaxValue && At(batch.ControlVirtualPort, i) <= ushort.MaxValue
        && At(batch.GatewayPort, i) <= ushort.MaxValue && Math.Abs((long)At(batch.WindowShift, i)) <= LargestWindowShift;

    private static ushort Differing(uint column, uint usual) => (ushort)(column == 0 ? usual : column - 1);

    private static uint At(RepeatedField<uint> column, int index) => BatchColumns.At(column, index);

    private static int At(RepeatedField<int> column, int index) => BatchColumns.At(column, index);
}
