using System.Net;

namespace HaLvs.Linux.Netlink;

/// <summary>One address of an interface. Protocol is IFA_PROTO (Linux 5.18): who added it; 0 when nobody said.</summary>
public sealed record InterfaceAddress(int InterfaceIndex, IPAddress Address, int PrefixLength)
{
    public byte Protocol { get; init; }

    /// <summary>Another address of the same subnet stands before it on the interface.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>No route to the subnet comes and goes with this address.</summary>
    public bool WithoutPrefixRoute { get; init; }

    /// <summary>IPv6: usable at once, without asking the network whether somebody has it (IFA_F_NODAD).</summary>
    public bool WithoutDuplicateCheck { get; init; }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
