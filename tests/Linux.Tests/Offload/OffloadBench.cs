using System.Buffers.Binary;
using System.Net;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>A loaded program that serves loopback, with next hop 1 towards the server and 2 towards the client.</summary>
internal sealed class OffloadBench : IDisposable
{
    public const int Mtu = 1500;
    public static readonly HardwareAddress ServerMac = new(0x0242_0a00_0002);
    public static readonly HardwareAddress ClientMac = new(0x0242_c633_6401);
    public static readonly HardwareAddress OwnInside = new(0x0242_0a00_0001);
    public static readonly HardwareAddress OwnOutside = new(0x0242_c000_0264);
    private readonly ProgramTrial[] _trials;

    public OffloadBench(OffloadLimits? limits = null)
    {
        Program = OffloadProgram.Load(limits ?? new OffloadLimits(64, 64, 64));
        _trials = [new ProgramTrial(Program, OffloadMode.Tc), new ProgramTrial(Program, OffloadMode.Xdp)];
        Program.Open(ProgramTrial.InterfaceIndex, default, OffloadSides.Both);
        Program.SetXdp(InsideIndex, true);
        Program.SetXdp(OutsideIndex, true);
        Program.SetNextHop(1, new OffloadNextHop(InsideIndex, ServerMac, OwnInside, Mtu));
        Program.SetNextHop(2, new OffloadNextHop(OutsideIndex, ClientMac, OwnOutside, Mtu));
        Program.Renew(MonotonicClock.Now + TimeSpan.FromMinutes(5));
    }

    public const int InsideIndex = 11;
    public const int OutsideIndex = 12;

    public OffloadProgram Program { get; }

    public ProgramTrial this[OffloadMode mode] => _trials[(int)mode];

    /// <summary>False, with the reason in the output, where programs cannot be loaded for a reason that is the machine's.</summary>
    public static bool Possible(Action<string> output)
    {
        try
        {
            using OffloadProgram program = OffloadProgram.Load(new OffloadLimits(1, 1, 1));
            return true;
        }
        catch (OffloadException refused) when (refused.Refusal is OffloadRefusal.NotBuilt or OffloadRefusal.NoLibrary or OffloadRefusal.NotPermitted)
        {
            output($"not run: {refused.Message}");
            return false;
        }
    }

    public static OffloadFlow Flow(byte protocol, uint slot, string client, string vip, string seenClient, string server) => new(
        protocol, slot, Tuple(IPEndPoint.Parse(client), IPEndPoint.Parse(vip)), Tuple(IPEndPoint.Parse(seenClient), IPEndPoint.Parse(server)), 1, 2);

    public static OffloadTuple Tuple(IPEndPoint from, IPEndPoint to) =>
        new(Number(from.Address), Number(to.Address), (ushort)from.Port, (ushort)to.Port);

    public OffloadOutcome Insert(in OffloadFlow flow)
    {
        OffloadOutcome[] outcome = new OffloadOutcome[1];
        Program.Insert([flow], outcome);
        return outcome[0];
    }

    public void Dispose() => Program.Dispose();

    private static UInt128 Number(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
}
