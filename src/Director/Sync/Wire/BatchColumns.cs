using Google.Protobuf.Collections;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Sync.Wire;

/// <summary>A column holds one number for each record, or none at all: that means 0 for every one.</summary>
internal static class BatchColumns
{
    /// <summary>A column of zeros says nothing and is sent empty: most columns of most batches are.</summary>
    public static void Write<T>(RepeatedField<T> column, ReadOnlySpan<T> values)
        where T : struct, IEquatable<T>
    {
        column.Clear();
        if (!values.ContainsAnyExcept(default(T))) return;
        column.Capacity = Math.Max(column.Capacity, values.Length);
        foreach (T value in values) column.Add(value);
    }

    /// <summary>Throws unless every column is empty or as long as the batch says.</summary>
    public static void Check(ConnectionBatch batch, int count)
    {
        Check(batch.Change, count, "change");
        Check(batch.Kind, count, "kind");
        Check(batch.Protocol, count, "protocol");
        Check(batch.ClientPort, count, "client_port");
        Check(batch.VirtualPort, count, "virtual_port");
        Check(batch.ServerPort, count, "server_port");
        Check(batch.State, count, "state");
        Check(batch.RemainingMilliseconds, count, "remaining_milliseconds");
        Check(batch.Traits, count, "traits");
        Check(batch.Mark, count, "mark");
        Check(batch.ServicePort, count, "service_port");
        Check(batch.ConfiguredPort, count, "configured_port");
        Check(batch.ControlClientPort, count, "control_client_port");
        Check(batch.ControlVirtualPort, count, "control_virtual_port");
        Check(batch.ClientShiftFrom, count, "client_shift_from");
        Check(batch.ClientShiftBefore, count, "client_shift_before");
        Check(batch.ClientShiftAfter, count, "client_shift_after");
        Check(batch.ServerShiftFrom, count, "server_shift_from");
        Check(batch.ServerShiftBefore, count, "server_shift_before");
        Check(batch.ServerShiftAfter, count, "server_shift_after");
        Check(batch.GatewayPort, count, "gateway_port");
        Check(batch.WindowShift, count, "window_shift");
        Check(batch.Call, count, "call");
        Check(batch.ClientTag, count, "client_tag");
        Check(batch.ServerTag, count, "server_tag");
        AddressColumns.Check(batch.Client, count, "client");
        AddressColumns.Check(batch.Virtual, count, "virtual");
        AddressColumns.Check(batch.Server, count, "server");
        AddressColumns.Check(batch.Gateway, count, "gateway");
    }

    public static uint At(RepeatedField<uint> column, int index) => column.Count == 0 ? 0 : column[index];

    public static int At(RepeatedField<int> column, int index) => column.Count == 0 ? 0 : column[index];

    private static void Check<T>(RepeatedField<T> column, int count, string name)
    {
        if (column.Count != 0 && column.Count != count)
            throw new SyncProtocolException($"column {name} has {column.Count} elements for {count} records");
    }
}
