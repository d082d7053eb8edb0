namespace HaLvs.Linux.Offload;

/// <summary>Which entry point of the program serves an interface.</summary>
public enum OffloadMode
{
    /// <summary>clsact ingress: any Ethernet interface; right with segmentation offload and unfinished checksums.</summary>
    Tc,

    /// <summary>In the driver, before a packet buffer exists: physical interfaces, where checksums are always whole.</summary>
    Xdp,
}
