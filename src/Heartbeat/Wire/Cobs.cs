namespace HaLvs.Heartbeat.Wire;

/// <summary>Consistent overhead byte stuffing (Cheshire and Baker 1999): removes every zero byte at the cost of one byte in 254, so that zero can end a frame.</summary>
public static class Cobs
{
    public static int EncodedBytesMaximum(int length) => length + (length / 254) + 1;

    /// <returns>Bytes written; none of them is zero.</returns>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int codeAt = 0, write = 1;
        byte code = 1;
        foreach (var value in source)
        {
            if (value != 0)
            {
                target[write++] = value;
                if (++code != byte.MaxValue) continue;
            }

            target[codeAt] = code;
            codeAt = write++;
            code = 1;
        }

        target[codeAt] = code;
        return write;
    }

    /// <summary>Decodes in place of a frame without its ending zero.</summary>
    /// <returns>Bytes written, or -1 when this is no such encoding.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int read = 0, write = 0;
        while (read < source.Length)
        {
            var code = source[read++];
            if (code == 0 || read + code - 1 > source.Length || write + code > target.Length + 1) return -1;
            source.Slice(read, code - 1).CopyTo(target[write..]);
            read += code - 1;
            write += code - 1;
            if (code == byte.MaxValue || read == source.Length) continue;
            if (write == target.Length) return -1;
            target[write++] = 0;
        }

        return write;
    }
}
