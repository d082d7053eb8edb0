using System.Net.Sockets;
using HaLvs.Director.Configuration;
using HaLvs.Director.Effects;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>Loads the kernel program and puts it to the interfaces, or says in one line why everything takes the user path.</summary>
internal static class OffloadParts
{
    /// <summary>IPv6 flows of the kernel are a share of the table's capacity: their entries are larger, and the user path has room for the rest.</summary>
    private const int ShareV6 = 4;

    /// <returns>The offload, or null; and what status says of it.</returns>
    public static (KernelOffload? Offload, string Text) Make(DirectorModel model, DataPlane dataPlane, string tunName, EventLog events)
    {
        NetworkModel network = model.Network;
        if (network.Offload == "off")
            return (null, "off (by configuration)");
        if (network.Offload == "auto")
            return (null, $"off (\"auto\" keeps to the user path in this version; offload = \"{Word(Choose(network).Mode)}\" would suit {network.External} and {network.Internal})");
        try
        {
            (OffloadMode mode, string why) = Choose(network);
            return (Load(network, dataPlane, tunName, mode, events), $"{Word(mode)} on {network.External} and {network.Internal} ({why})");
        }
        catch (Exception e) when (e is OffloadException or LinuxException)
        {
            string text = $"off: {e.Message}";
            events.Add(EventSeverity.Notice, "offload", $"every packet takes the user path: {e.Message}");
            return (null, text);
        }
    }

    private static KernelOffload Load(NetworkModel network, DataPlane dataPlane, string tunName, OffloadMode mode, EventLog events)
    {
        OffloadProgram program = OffloadProgram.Load(new OffloadLimits(
            Room(network, AddressFamily.InterNetwork, network.ConnectionCapacity), Room(network, AddressFamily.InterNetworkV6, network.ConnectionCapacity / ShareV6),
            network.ConnectionCapacity + 1));
        Rtnetlink netlink = new();
        ServedInterfaces served = new(program, netlink, mode, (network.External, OffloadSides.Outside), (network.Internal, OffloadSides.Inside));
        try
        {
            served.Follow();
            KernelFlowProgram flows = new(program);
            KernelNextHops ways = new(netlink, netlink.Link(tunName).Index, TakeoverNumbers.Protocol);
            return new KernelOffload(dataPlane, flows, new NextHops(ways, flows.SetNextHop, OffloadProgram.NextHopCount), served, program, events);
        }
        catch
        {
            served.Dispose();
            program.Dispose();
            netlink.Dispose();
            throw;
        }
    }

    private static int Room(NetworkModel network, AddressFamily family, int flows) => network.VirtualAddresses.Any(a => a.AddressFamily == family) ? flows : 1;

    /// <summary>XDP sends only to interfaces that have it as well: both get the same.</summary>
    private static (OffloadMode Mode, string Why) Choose(NetworkModel network)
    {
        if (network.Offload is "tc" or "xdp")
            return (network.Offload == "tc" ? OffloadMode.Tc : OffloadMode.Xdp, "by configuration");
        OffloadChoice external = OffloadChoice.For(network.External);
        OffloadChoice inside = OffloadChoice.For(network.Internal);
        return external.Mode == OffloadMode.Tc ? (external.Mode, external.Why) : (inside.Mode, inside.Why);
    }

    private static string Word(OffloadMode mode) => mode == OffloadMode.Tc ? "tc" : "xdp";
}
