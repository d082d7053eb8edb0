using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Sync;

/// <summary>Connections to test with; number n is always the same connection.</summary>
internal static class Flows
{
    private static readonly Ip VirtualAddress = Ip.Parse("192.0.2.100");

    public static ConnectionRecord Number(int n, ConnectionState state = ConnectionState.Established, int server = 2) => new(
        ConnectionKind.Service, TransportProtocol.Tcp,
        Ip.FromV4(0xc633_0000u + (uint)(n / 50_000)), (ushort)(1024 + (n % 50_000)),
        VirtualAddress, 80,
        Ip.FromV4(0x0a00_0000u + (uint)server), 80,
        state, 900_000);
}
