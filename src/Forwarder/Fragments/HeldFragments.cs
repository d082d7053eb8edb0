namespace HaLvs.Forwarder.Fragments;

/// <summary>Frames of fragments that wait for their first one: blocks taken once, a frame is a chain of them, freed ones are chained too.</summary>
internal sealed class HeldFragments
{
    private const int BlockBytes = 2048;
    private readonly byte[] _bytes;
    private readonly int[] _nextBlock;
    private readonly int[] _nextFrame;
    private readonly int[] _length;
    private int _free;

    public HeldFragments(int blocks)
    {
        _bytes = GC.AllocateUninitializedArray<byte>((blocks + 1) * BlockBytes, pinned: true);
        _nextBlock = new int[blocks + 1];
        _nextFrame = new int[blocks + 1];
        _length = new int[blocks + 1];
        for (int block = blocks; block > 0; block--)
        {
            Return(block);
        }
    }

    public int FreeBlocks { get; private set; }

    public static int BlocksFor(int bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    /// <summary>The frame held; the caller has seen that there is room.</summary>
    public int Add(ReadOnlySpan<byte> frame)
    {
        int first = 0;
        int last = 0;
        int length = frame.Length;
        for (; frame.Length > 0; frame = frame[Math.Min(frame.Length, BlockBytes)..])
        {
            int block = Take();
            frame[..Math.Min(frame.Length, BlockBytes)].CopyTo(_bytes.AsSpan(block * BlockBytes));
            first = first == 0 ? block : first;
            _nextBlock[last] = block;
            last = block;
        }

        (_length[first], _nextFrame[first]) = (length, 0);
        return first;
    }

    public void Chain(int held, int next) => _nextFrame[held] = next;

    /// <summary>Copies the frame out, frees it and returns its length and the one held behind it.</summary>
    public (int Length, int Next) Remove(int held, Span<byte> frame)
    {
        (int length, int next) = (_length[held], _nextFrame[held]);
        for (int at = 0; at < length; at += BlockBytes)
        {
            int bytes = Math.Min(length - at, BlockBytes);
            _bytes.AsSpan(held * BlockBytes, bytes).CopyTo(frame[at..]);
            int block = held;
            held = _nextBlock[block];
            Return(block);
        }

        return (length, next);
    }

    private int Take()
    {
        int block = _free;
        _free = _nextBlock[block];
        _nextBlock[block] = 0;
        FreeBlocks--;
        return block;
    }

    private void Return(int block)
    {
        _nextBlock[block] = _free;
        _free = block;
        FreeBlocks++;
    }
}
