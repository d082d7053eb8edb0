using System.Text;

namespace HaLvs.Stonith.Devices.Programs;

/// <summary>Reads a program's output to its end and keeps the beginning: a chatty program neither blocks on a full pipe nor fills our memory.</summary>
internal sealed class BoundedOutput
{
    private const int Limit = 16 * 1024;

    private readonly byte[] _kept = new byte[Limit];
    private int _length;

    private BoundedOutput(Stream stream) => Ended = DrainAsync(stream);

    public Task Ended { get; }

    public string Text
    {
        get
        {
            lock (_kept) return Encoding.UTF8.GetString(_kept, 0, _length);
        }
    }

    public static BoundedOutput Of(Stream stream) => new(stream);

    private async Task DrainAsync(Stream stream)
    {
        var chunk = new byte[4096];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(chunk).ConfigureAwait(false)) > 0) Keep(chunk.AsSpan(0, count));
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The pipe was closed under us because the program was killed: what came before is kept.
        }
    }

    private void Keep(ReadOnlySpan<byte> chunk)
    {
        lock (_kept)
        {
            var count = Math.Min(chunk.Length, Limit - _length);
            chunk[..count].CopyTo(_kept.AsSpan(_length));
            _length += count;
        }
    }
}
