using HaLvs.Benchmarks.Packets;
using HaLvs.Forwarder;

namespace HaLvs.Benchmarks.Connections;

/// <summary>The whole pipeline for one segment of an established connection, both ways; copying the frame to its place is in it.</summary>
public class EstablishedBenchmarks
{
    private readonly byte[] _buffer = new byte[ForwardingCore.FrameBytes];
    private byte[] _forth = [];
    private byte[] _back = [];
    private ForwardingCore? _core;

    [Params(false, true)]
    public bool V6 { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _core = Cores.Make(1024, servers: 1);
        _forth = Frames.FromClient(V6);
        _back = Frames.FromServer(V6);
        foreach (byte[] frame in new[] { Frames.FromClient(V6, "S"), Frames.FromServer(V6, "SA"), _forth, _back })
        {
            if (Process(frame) == 0)
            {
                throw new InvalidOperationException("the connection does not come about");
            }
        }
    }

    [Benchmark]
    public int FromClient() => Process(_forth);

    [Benchmark]
    public int FromServer() => Process(_back);

    private int Process(byte[] frame)
    {
        frame.CopyTo(_buffer, 0);
        return _core!.Process(_buffer, frame.Length, 1);
    }
}
