using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Calls;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Sync.Wire;

/// <summary>The column of Call-IDs: the text itself where a template comes, a digest where one goes or is held.</summary>
internal static class CallColumn
{
    private const int LongestId = 255;

    /// <summary>Empty while no record of the batch has to do with a call: nearly always.</summary>
    public static void Write(RepeatedField<ByteString> column, ReadOnlySpan<ConnectionChange> changes)
    {
        column.Clear();
        bool any = false;
        foreach (ref readonly ConnectionChange change in changes) any |= !change.Record.Call.IsNone;
        if (!any) return;
        foreach (ref readonly ConnectionChange change in changes) column.Add(BytesOf(in change));
    }

    /// <summary>Only what could stand in a message may come into the table and from there onto an operator's screen.</summary>
    public static bool IsSane(ConnectionBatch batch, int index)
    {
        ReadOnlySpan<byte> bytes = BytesAt(batch, index);
        bool isText = bytes.Length <= LongestId && !bytes.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        return bytes.IsEmpty || (HoldsText(batch, index) ? isText : bytes.Length == CallDigest.Bytes);
    }

    public static string? IdOf(ConnectionBatch batch, int index) =>
        HoldsText(batch, index) && BytesAt(batch, index) is { IsEmpty: false } bytes ? Encoding.Latin1.GetString(bytes) : null;

    public static CallDigest DigestOf(ConnectionBatch batch, int index)
    {
        ReadOnlySpan<byte> bytes = BytesAt(batch, index);
        return bytes.IsEmpty ? default : HoldsText(batch, index) ? CallDigest.Of(bytes)
            : new CallDigest(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    private static ByteString BytesOf(in ConnectionChange change)
    {
        if (change is { Kind: ConnectionChangeKind.Upsert, Record.CallId: { } text }) return ByteString.CopyFrom(text, Encoding.Latin1);
        CallDigest digest = change.Record.Call;
        if (digest.IsNone) return ByteString.Empty;
        Span<byte> bytes = stackalloc byte[CallDigest.Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, digest.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], digest.Low);
        return ByteString.CopyFrom(bytes);
    }

    private static bool HoldsText(ConnectionBatch batch, int index) =>
        BatchColumns.At(batch.Kind, index) == (uint)ConnectionKind.Template && BatchColumns.At(batch.Change, index) == (uint)ConnectionChangeKind.Upsert;

    private static ReadOnlySpan<byte> BytesAt(ConnectionBatch batch, int index) => batch.Call.Count == 0 ? default : batch.Call[index].Span;
}
