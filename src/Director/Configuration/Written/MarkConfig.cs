using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Written;

/// <param name="At">The header of the table.</param>
/// <param name="Ports">Empty: every port.</param>
internal sealed record MarkConfig(
    Position At,
    Setting<uint>? Mark,
    Setting<AddressWithPrefix>? From,
    Setting<AddressWithPrefix>? To,
    Setting<TransportProtocol>? Protocol,
    IReadOnlyList<Setting<PortRange>> Ports);
