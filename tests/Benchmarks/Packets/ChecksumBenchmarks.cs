using HaLvs.Forwarder.Packets;

namespace HaLvs.Benchmarks.Packets;

/// <summary>RFC 1071 over a header, a small and a full segment; RFC 1624 for one changed address.</summary>
public class ChecksumBenchmarks
{
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 1460).Select(n => (byte)(n * 31))];
    private readonly Ip _before = Ip.Parse("192.0.2.100");
    private readonly Ip _after = Ip.Parse("10.0.0.2");
    private ushort _field = 0x1234;

    [Benchmark]
    [Arguments(20)]
    [Arguments(64)]
    [Arguments(1460)]
    public ushort Sum(int length) => InternetChecksum.Sum(_bytes.AsSpan(0, length));

    [Benchmark]
    public ushort Update() => _field = InternetChecksum.Update(_field, InternetChecksum.Delta(_before, _after));
}
