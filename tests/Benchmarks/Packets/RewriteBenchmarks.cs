using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Benchmarks.Packets;

/// <summary>Destination address and port replaced, all checksums kept right.</summary>
public class RewriteBenchmarks
{
    private byte[] _frame = [];
    private Packet _packet;
    private Ip _one;
    private Ip _other;
    private bool _odd;

    [Params(false, true)]
    public bool V6 { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _frame = Frames.FromClient(V6);
        _packet = Frames.Parsed(_frame);
        _one = Ip.Parse(V6 ? "fd00:10::2" : "10.0.0.2");
        _other = Ip.Parse(V6 ? "fd00:10::3" : "10.0.0.3");
    }

    [Benchmark]
    public byte Rewrite()
    {
        _odd = !_odd;
        Translation.Destination(_frame, in _packet, _odd ? _one : _other, _odd ? (ushort)80 : (ushort)8080);
        return _frame[^1];
    }
}
