using System.Buffers.Binary;
using System.Text;
using HaLvs.Forwarder.Guard;

namespace HaLvs.Forwarder.Calls;

/// <summary>
/// 128 bits that stand for a Call-ID, the same on both nodes of a pair: what a template is found by, and what a deletion names on the wire. Two Call-IDs
/// that somebody made to agree would share a real server, nothing worse. Travels: never change how it is made.
/// </summary>
public readonly record struct CallDigest(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public bool IsNone => (High | Low) == 0;

    public static CallDigest Of(ReadOnlySpan<byte> callId) => callId.IsEmpty
        ? default
        : new CallDigest(Half(callId, 0x6861_6c76_732d_6361), Half(callId, 0x6c6c_2d69_642d_3031));

    public static CallDigest Of(string? callId)
    {
        Span<byte> bytes = stackalloc byte[CallTable.LongestId];
        return string.IsNullOrEmpty(callId) ? default : Of(bytes[..Encoding.Latin1.GetBytes(callId.AsSpan(0, Math.Min(callId.Length, bytes.Length)), bytes)]);
    }

    private static ulong Half(ReadOnlySpan<byte> text, ulong key)
    {
        SipHash hash = new(key, ~key);
        hash.Add((ulong)text.Length);
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
        {
            hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(text));
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        text.CopyTo(last);
        hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(last));
        return hash.Finish();
    }
}
