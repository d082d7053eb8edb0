using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Benchmarks.Connections;

/// <summary>A connection is looked up among few and many; every look-up asks for another one, far from the one before.</summary>
public class FindBenchmarks
{
    private const int Stride = 7919;

    private FlowTuple[] _tuples = [];
    private ConnectionTable? _table;
    private int _at;

    [Params(1, 1_000, 100_000, 1_000_000)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ForwardingCore core = Cores.Make(Math.Max(Flows, 1024));
        Cores.Fill(core, Flows);
        _table = core.Connections;
        _tuples = [.. Enumerable.Range(0, Flows).Select(n => Cores.Number(n)).Select(r => new FlowTuple(r.Protocol, r.Client, r.ClientPort, r.Virtual, r.VirtualPort))];
    }

    [Benchmark]
    public int Find()
    {
        _at = (_at + Stride) % _tuples.Length;
        return _table!.FindOutside(in _tuples[_at], 1);
    }
}
