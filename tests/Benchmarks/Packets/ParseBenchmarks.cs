using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Benchmarks.Packets;

/// <summary>Both headers of one TCP segment.</summary>
public class ParseBenchmarks
{
    private byte[] _frame = [];

    [Params(false, true)]
    public bool V6 { get; set; }

    [GlobalSetup]
    public void Setup() => _frame = Frames.FromClient(V6);

    [Benchmark]
    public int Parse()
    {
        Packet packet = default;
        DropReason network = PacketParser.ParseNetwork(_frame, ref packet);
        return (int)network + (int)PacketParser.ParseTransport(_frame, ref packet) + packet.SourcePort;
    }
}
