using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Configuration.Written;

internal sealed record NetworkConfig(
    Setting<string>? External,
    Setting<string>? Internal,
    IReadOnlyList<Setting<IPAddress>> VirtualAddresses,
    Setting<AddressWithPrefix>? Gateway,
    Setting<bool>? Masquerade,
    Setting<string>? Offload,
    Setting<int>? ConnectionCapacity)
{
    public Setting<AddressWithPrefix>? Gateway6 { get; init; }

    /// <summary>gateway6 is there, even if unreadable.</summary>
    public bool Gateway6Given { get; init; }

    /// <summary>Where an empty list of virtual addresses stands.</summary>
    public Position? NoVirtualAddress { get; init; }
}
