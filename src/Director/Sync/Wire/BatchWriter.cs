using Google.Protobuf.Collections;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>Records to columns. Owns one batch message and its arrays and uses them again: a batch is valid until the next <see cref="Write"/>.</summary>
public sealed class BatchWriter(int capacity)
{
    private readonly Ip[] _addresses = new Ip[capacity];
    private readonly byte[] _scratch = new byte[capacity * 16];

    private readonly ConnectionBatch _batch = new()
    {
        Client = new AddressColumn(),
        Virtual = new AddressColumn(),
        Server = new AddressColumn(),
    };

    /// <summary>At most as many changes as the capacity.</summary>
    public ConnectionBatch Write(ReadOnlySpan<ConnectionChange> changes)
    {
        _batch.Count = (uint)changes.Length;
        Column(_batch.Change, changes, static (in ConnectionChange c) => (uint)c.Kind);
        Column(_batch.Kind, changes, static (in ConnectionChange c) => (uint)c.Record.Kind);
        Column(_batch.Protocol, changes, static (in ConnectionChange c) => (uint)c.Record.Protocol);
        Addresses(_batch.Client, changes, static (in ConnectionChange c) => c.Record.Client);
        Column(_batch.ClientPort, changes, static (in ConnectionChange c) => c.Record.ClientPort);
        Addresses(_batch.Virtual, changes, static (in ConnectionChange c) => c.Record.Virtual);
        Column(_batch.VirtualPort, changes, static (in ConnectionChange c) => c.Record.VirtualPort);
        Addresses(_batch.Server, changes, static (in ConnectionChange c) => c.Kind == ConnectionChangeKind.Delete ? Ip.FromV4(0) : c.Record.Server);
        Column(_batch.ServerPort, changes, static (in ConnectionChange c) => c.Record.ServerPort);
        Column(_batch.State, changes, static (in ConnectionChange c) => (uint)c.Record.State);
        Column(_batch.RemainingMilliseconds, changes, static (in ConnectionChange c) => c.Record.RemainingMilliseconds);
        return _batch;
    }

    private delegate uint Field(in ConnectionChange change);

    private delegate Ip AddressField(in ConnectionChange change);

    private static void Column(RepeatedField<uint> column, ReadOnlySpan<ConnectionChange> changes, Field field)
    {
        column.Clear();
        uint any = 0;
        foreach (ref readonly ConnectionChange change in changes)
        {
            uint value = field(change);
            any |= value;
            column.Add(value);
        }

        // A column of zeros says nothing: an empty one means the same.
        if (any == 0) column.Clear();
    }

    private void Addresses(AddressColumn column, ReadOnlySpan<ConnectionChange> changes, AddressField field)
    {
        for (int i = 0; i < changes.Length; i++) _addresses[i] = field(changes[i]);
        AddressColumns.Write(column, _addresses.AsSpan(0, changes.Length), _scratch);
    }
}
