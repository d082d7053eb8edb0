namespace HaLvs.Forwarder.Sending;

/// <summary>
/// Frames that the core sends besides the one it was given: resets to both ends, the answers of the SYN proxy, held fragments. A byte ring taken once;
/// what does not fit is refused and the sender counts it. Each entry: 4 bytes of length, then the frame (virtio_net_hdr, IP packet).
/// </summary>
internal sealed class PendingFrames(int bytes = PendingFrames.DefaultBytes)
{
    private const int DefaultBytes = 1 << 20;
    private const int LengthBytes = sizeof(int);
    private readonly byte[] _ring = GC.AllocateArray<byte>(bytes, pinned: true);
    private int _head;
    private int _used;

    public bool IsEmpty => _used == 0;

    public int FreeBytes => _ring.Length - _used;

    /// <summary>False: no room, nothing was queued.</summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        if (frame.Length + LengthBytes > FreeBytes)
        {
            return false;
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        BitConverter.TryWriteBytes(length, frame.Length);
        Write(length);
        Write(frame);
        return true;
    }

    /// <summary>Copies the oldest frame into <paramref name="frame"/> and returns its length; 0: there is none.</summary>
    public int Take(Span<byte> frame)
    {
        if (IsEmpty)
        {
            return 0;
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        Read(length);
        int bytes = BitConverter.ToInt32(length);
        Read(frame[..bytes]);
        return bytes;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        int at = (_head + _used) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _used += bytes.Length;
    }

    private void Read(Span<byte> bytes)
    {
        int first = Math.Min(bytes.Length, _ring.Length - _head);
        _ring.AsSpan(_head, first).CopyTo(bytes);
        _ring.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
        _head = (_head + bytes.Length) % _ring.Length;
        _used -= bytes.Length;
    }
}
