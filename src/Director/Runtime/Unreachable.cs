using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>Servers by direct routing or tunnel: kept and listed, but they get no connections here.</summary>
internal static class Unreachable
{
    /// <summary>One line for each such server that is new.</summary>
    public static IEnumerable<string> Between(IReadOnlyList<VirtualServiceConfig> old, IReadOnlyList<VirtualServiceConfig> @new) =>
        In(@new).Except(In(old));

    /// <summary>One line for each such server.</summary>
    public static IEnumerable<string> In(IEnumerable<VirtualServiceConfig> services) =>
        from service in services
        from server in service.Servers
        where server.Method != ForwardingMethod.Masquerade
        select $"service {service.Key}: server {server.Address.WithPort(server.Port)} is to be reached by "
            + $"{(server.Method == ForwardingMethod.Route ? "direct routing (-g)" : "tunnel (-i)")}, which this director does not do: it gets no connections; use -m";
}
