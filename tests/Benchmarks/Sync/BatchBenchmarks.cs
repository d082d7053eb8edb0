using Google.Protobuf;
using HaLvs.Benchmarks.Connections;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Benchmarks.Sync;

/// <summary>Changes to bytes of the wire and back; the time of one connection.</summary>
public class BatchBenchmarks
{
    private const int Records = 512;

    private readonly ConnectionChange[] _changes =
        [.. Enumerable.Range(0, Records).Select(n => new ConnectionChange(ConnectionChangeKind.Upsert, Cores.Number(n * 97)))];

    private readonly BatchWriter _writer = new(Records);
    private readonly BatchReader _reader = new();
    private readonly byte[] _wire = new byte[65_536];
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup() => _bytes = _writer.Write(_changes).ToByteArray();

    [Benchmark(OperationsPerInvoke = Records)]
    public int Encode()
    {
        ConnectionBatch batch = _writer.Write(_changes);
        int size = batch.CalculateSize();
        batch.WriteTo(_wire.AsSpan(0, size));
        return size;
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int Decode() => _reader.Read(ConnectionBatch.Parser.ParseFrom(_bytes), out _).Length;
}
