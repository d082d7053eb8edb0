using System.Buffers.Binary;
using HaLvs.Benchmarks.Packets;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Benchmarks.Connections;

/// <summary>A SYN of an ever new client opens a connection at one of ten servers; the whole pipeline, for each scheduler.</summary>
public class OpenBenchmarks
{
    private const int Connections = 100_000;

    private readonly byte[] _buffer = new byte[ForwardingCore.FrameBytes];
    private byte[] _syn = [];
    private ForwardingCore? _core;

    [ParamsSource(nameof(Schedulers))]
    public string Scheduler { get; set; } = "rr";

    public static IEnumerable<string> Schedulers => SchedulerNames.All;

    [GlobalSetup]
    public void Setup() => _syn = Frames.FromClient(v6: false, "S");

    [IterationSetup]
    public void Empty() => _core = Cores.Make(Connections, Scheduler, servers: 10);

    [Benchmark(OperationsPerInvoke = Connections)]
    public int Open()
    {
        int opened = 0;
        for (int n = 0; n < Connections; n++)
        {
            opened += Next(n) > 0 ? 1 : 0;
        }

        return opened == Connections ? opened : throw new InvalidOperationException($"{opened} of {Connections} opened");
    }

    /// <summary>The checksum stays as it was: the pipeline corrects it by differences and verifies none.</summary>
    private int Next(int n)
    {
        const int Source = ForwardingCore.VirtioHeaderBytes + 12, SourcePort = ForwardingCore.VirtioHeaderBytes + PacketParser.MinimumHeaderBytes;
        _syn.CopyTo(_buffer, 0);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(Source), 0xc612_0000u + (uint)(n / 50_000));
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(SourcePort), (ushort)(1024 + (n % 50_000)));
        return _core!.Process(_buffer, _syn.Length, 1);
    }
}
