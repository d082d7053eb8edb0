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
    private readonly uint[] _numbers = new uint[capacity];
    private readonly int[] _signed = new int[capacity];

    private readonly ConnectionBatch _batch = new()
    {
        Client = new AddressColumn(),
        Virtual = new AddressColumn(),
        Server = new AddressColumn(),
        Gateway = new AddressColumn(),
    };

    private delegate uint Field(in ConnectionChange change);

    private delegate int SignedField(in ConnectionChange change);

    private delegate Ip AddressField(in ConnectionChange change);

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
        WriteService(changes);
        WriteShifts(changes);
        CallColumn.Write(_batch.Call, changes);
        return _batch;
    }

    private void WriteService(ReadOnlySpan<ConnectionChange> changes)
    {
        Column(_batch.Traits, changes, static (in ConnectionChange c) => (uint)c.Record.Traits);
        Column(_batch.Mark, changes, static (in ConnectionChange c) => c.Record.Mark);
        Column(_batch.ServicePort, changes, static (in ConnectionChange c) => Differing(c.Record.ServicePort, c.Record.VirtualPort));
        Column(_batch.ConfiguredPort, changes, static (in ConnectionChange c) => Differing(c.Record.ConfiguredPort, c.Record.ServerPort));
        Column(_batch.ControlClientPort, changes, static (in ConnectionChange c) => c.Record.ControlClientPort);
        Column(_batch.ControlVirtualPort, changes, static (in ConnectionChange c) => c.Record.ControlVirtualPort);
    }

    private void WriteShifts(ReadOnlySpan<ConnectionChange> changes)
    {
        Column(_batch.ClientShiftFrom, changes, static (in ConnectionChange c) => c.Record.ClientShift.From);
        Column(_batch.ClientShiftBefore, changes, static (in ConnectionChange c) => c.Record.ClientShift.Before);
        Column(_batch.ClientShiftAfter, changes, static (in ConnectionChange c) => c.Record.ClientShift.After);
        Column(_batch.ServerShiftFrom, changes, static (in ConnectionChange c) => c.Record.ServerShift.From);
        Column(_batch.ServerShiftBefore, changes, static (in ConnectionChange c) => c.Record.ServerShift.Before);
        Column(_batch.ServerShiftAfter, changes, static (in ConnectionChange c) => c.Record.ServerShift.After);
        Addresses(_batch.Gateway, changes, static (in ConnectionChange c) => GatewayOf(c.Record));
        Column(_batch.GatewayPort, changes, static (in ConnectionChange c) => c.Record.GatewayPort);
        Column(_batch.WindowShift, changes, static (in ConnectionChange c) => (int)c.Record.WindowShift);
        Column(_batch.ClientTag, changes, static (in ConnectionChange c) => c.Record.ClientTag);
        Column(_batch.ServerTag, changes, static (in ConnectionChange c) => c.Record.ServerTag);
    }

    /// <summary>The port of the service is nearly always the port that the client talks to: the column stays empty.</summary>
    private static uint Differing(ushort port, ushort usual) => port == usual ? 0 : port + 1u;

    private static Ip GatewayOf(ConnectionRecord record) =>
        (record.Traits & ConnectionTraits.Hairpin) != 0 ? record.Gateway : Ip.FromV4(0);

    private void Column(RepeatedField<uint> column, ReadOnlySpan<ConnectionChange> changes, Field field)
    {
        for (int i = 0; i < changes.Length; i++) _numbers[i] = field(in changes[i]);
        BatchColumns.Write<uint>(column, _numbers.AsSpan(0, changes.Length));
    }

    private void Column(RepeatedField<int> column, ReadOnlySpan<ConnectionChange> changes, SignedField field)
    {
        for (int i = 0; i < changes.Length; i++) _signed[i] = field(in changes[i]);
        BatchColumns.Write<int>(column, _signed.AsSpan(0, changes.Length));
    }

    private void Addresses(AddressColumn column, ReadOnlySpan<ConnectionChange> changes, AddressField field)
    {
        for (int i = 0; i < changes.Length; i++) _addresses[i] = field(in changes[i]);
        AddressColumns.Write(column, _addresses.AsSpan(0, changes.Length), _scratch);
    }
}
