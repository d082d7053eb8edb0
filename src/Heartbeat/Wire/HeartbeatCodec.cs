using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat.Wire;

/// <summary>
/// Bytes of a heartbeat, version 1: 128 bytes of fields, big-endian, then the first 16 bytes of an HMAC-SHA256 over them (RFC 2104, truncated as
/// RFC 4868 does). Fixed length: nothing in a message says how long anything is. Layout and a test vector: docs/wire/heartbeat.md.
/// </summary>
public sealed class HeartbeatCodec
{
    public const byte Version = 1;
    public const int SignatureBytes = 16;
    public const int FieldBytes = 128;
    public const int MessageBytes = FieldBytes + SignatureBytes;
    public const int KeyBytesMinimum = 16;

    private readonly byte[][] _keys;

    /// <param name="keys">Signs with the first, accepts any, so that keys can roll. Each at least 16 bytes.</param>
    public HeartbeatCodec(IReadOnlyList<byte[]> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0) throw new ArgumentException("the cluster has no key: heartbeats cannot be signed", nameof(keys));
        if (keys.Any(key => key.Length < KeyBytesMinimum))
            throw new ArgumentException($"a cluster key is shorter than {KeyBytesMinimum} bytes", nameof(keys));
        _keys = [.. keys.Select(key => key.ToArray())];
    }

    /// <summary>First 8 bytes, big-endian, of the SHA-256 of a name: how cluster and node names travel.</summary>
    public static ulong NameHash(string name) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public byte[] Encode(in HeartbeatMessage message)
    {
        var bytes = new byte[MessageBytes];
        WriteFields(bytes, message);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_keys[0], bytes.AsSpan(0, FieldBytes), signature);
        signature[..SignatureBytes].CopyTo(bytes.AsSpan(FieldBytes));
        return bytes;
    }

    /// <summary>Length, version, signature, field ranges, in this order. Whose message it is and whether it is fresh is for the peer session to judge.</summary>
    public RejectReason Decode(ReadOnlySpan<byte> bytes, out HeartbeatMessage message)
    {
        message = default;
        if (bytes.Length != MessageBytes) return RejectReason.Length;
        if (bytes[0] != Version) return RejectReason.Version;
        if (!IsSigned(bytes)) return RejectReason.Signature;
        if (bytes[1] > (byte)Role.Stopped || BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) != 0) return RejectReason.Malformed;
        message = ReadFields(bytes);
        return message.Nonce == 0 ? RejectReason.Malformed : RejectReason.None;
    }

    private bool IsSigned(ReadOnlySpan<byte> bytes)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var signed = false;
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, bytes[..FieldBytes], expected);
            signed |= CryptographicOperations.FixedTimeEquals(expected[..SignatureBytes], bytes[FieldBytes..]);
        }

        return signed;
    }

    private static void WriteFields(Span<byte> bytes, in HeartbeatMessage m)
    {
        bytes[0] = Version;
        bytes[1] = (byte)m.Role;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)m.Flags);
        bytes[4] = m.PingsAnswering;
        bytes[5] = m.PingsConfigured;
        ReadOnlySpan<ulong> words =
        [
            m.Cluster, m.Sender, m.Incarnation, m.BootId, m.Nonce, m.Echo, m.Sequence, m.EpochKnown, m.EpochHeld, m.ConfigurationHash,
            m.Request, m.RequestEpoch, m.Granted, m.GrantedTo, m.GrantedEpoch,
        ];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 + (8 * i))..], words[i]);
    }

    private static HeartbeatMessage ReadFields(ReadOnlySpan<byte> bytes) => new()
    {
        Role = (Role)bytes[1],
        Flags = (HeartbeatBits)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
        PingsAnswering = bytes[4],
        PingsConfigured = bytes[5],
        Cluster = Word(bytes, 8),
        Sender = Word(bytes, 16),
        Incarnation = Word(bytes, 24),
        BootId = Word(bytes, 32),
        Nonce = Word(bytes, 40),
        Echo = Word(bytes, 48),
        Sequence = Word(bytes, 56),
        EpochKnown = Word(bytes, 64),
        EpochHeld = Word(bytes, 72),
        ConfigurationHash = Word(bytes, 80),
        Request = Word(bytes, 88),
        RequestEpoch = Word(bytes, 96),
        Granted = Word(bytes, 104),
        GrantedTo = Word(bytes, 112),
        GrantedEpoch = Word(bytes, 120),
    };

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]);
}
