using Google.Protobuf.Collections;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>Columns to records. Lengths that do not agree end the stream; a value that only a newer version knows costs that one record, counted.</summary>
public sealed class BatchReader
{
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
        CheckColumns(batch, count);
        AddressColumns.Check(batch.Client, count, "client");
        AddressColumns.Check(batch.Virtual, count, "virtual");
        AddressColumns.Check(batch.Server, count, "server");
        return count;
    }

    private static void CheckColumns(ConnectionBatch batch, int count)
    {
        Check(batch.Change, count, "change");
        Check(batch.Kind, count, "kind");
        Check(batch.Protocol, count, "protocol");
        Check(batch.ClientPort, count, "client_port");
        Check(batch.VirtualPort, count, "virtual_port");
        Check(batch.ServerPort, count, "server_port");
        Check(batch.State, count, "state");
        Check(batch.RemainingMilliseconds, count, "remaining_milliseconds");
    }

    private static void Check(RepeatedField<uint> column, int count, string name)
    {
        if (column.Count != 0 && column.Count != count)
            throw new SyncProtocolException($"column {name} has {column.Count} elements for {count} records");
    }

    private static bool TryRecord(ConnectionBatch batch, int i, out ConnectionChange change)
    {
        uint kind = At(batch.Change, i), side = At(batch.Kind, i), protocol = At(batch.Protocol, i), state = At(batch.State, i);
        uint clientPort = At(batch.ClientPort, i), virtualPort = At(batch.VirtualPort, i), serverPort = At(batch.ServerPort, i);
        bool known = kind <= (uint)ConnectionChangeKind.Delete && side <= (uint)ConnectionKind.Masquerade
            && KnownValues.IsProtocol(protocol) && KnownValues.IsState(state)
            && clientPort <= ushort.MaxValue && virtualPort <= ushort.MaxValue && serverPort <= ushort.MaxValue;
        change = !known ? default : new ConnectionChange((ConnectionChangeKind)kind, new ConnectionRecord(
            (ConnectionKind)side, (TransportProtocol)protocol,
            AddressColumns.Read(batch.Client, i), (ushort)clientPort,
            AddressColumns.Read(batch.Virtual, i), (ushort)virtualPort,
            AddressColumns.Read(batch.Server, i), (ushort)serverPort,
            (ConnectionState)state, At(batch.RemainingMilliseconds, i)));
        return known;
    }

    private static uint At(RepeatedField<uint> column, int index) => column.Count == 0 ? 0 : column[index];
}
