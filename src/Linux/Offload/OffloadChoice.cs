namespace HaLvs.Linux.Offload;

/// <summary>The mode that fits an interface when the operator leaves it to us ("auto"), and why, in words for the status.</summary>
public readonly record struct OffloadChoice(OffloadMode Mode, string Why)
{
    /// <summary>Asks the driver of an interface in the calling thread's network namespace.</summary>
    public static OffloadChoice For(string interfaceName) => ForDriver(InterfaceFacts.DriverOf(interfaceName));

    /// <summary>By the name under which the driver answers to ethtool.</summary>
    internal static OffloadChoice ForDriver(string driver) => driver switch
    {
        "" => Tc("its driver does not say what it is"),
        "veth" => Tc("veth: its sender leaves checksums unfinished, which XDP cannot see, and XDP copies every packet there"),
        "virtio_net" => Tc("virtio: XDP there switches off the offloads that the host gives, and checksums may come unfinished"),
        "802.1Q VLAN Support" => Tc("VLAN: the driver below has XDP, a VLAN interface has none"),
        "bonding" or "team" => Tc("bond: XDP works with some of its modes only"),
        "bridge" => Tc("bridge: has no XDP in the driver"),
        "tun" or "macvlan" or "ipvlan" or "vxlan" or "dummy" or "hv_netvsc" or "xen_netfront" or "vif" => Tc($"{driver}: no wire of its own, checksums may come unfinished"),
        _ => new OffloadChoice(OffloadMode.Xdp, $"{driver}: a physical interface"),
    };

    private static OffloadChoice Tc(string why) => new(OffloadMode.Tc, why);
}
