using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration;

/// <summary>
/// What a reload would change. Services, servers, checks and masquerading change while connections go on; the rest is bound to sockets, devices and
/// the pair's protocol and needs a restart. A reload with such a change is refused whole, naming each key (I12).
/// </summary>
/// <param name="Applied">What changes at run time, one line each.</param>
/// <param name="NeedsRestart">What cannot, one line each, beginning with the key.</param>
public sealed record ModelChange(ImmutableArray<string> Applied, ImmutableArray<string> NeedsRestart)
{
    public bool IsAllowed => NeedsRestart.IsEmpty;

    public bool IsEmpty => Applied.IsEmpty && NeedsRestart.IsEmpty;

    /// <summary>For the outcome of halvs reload.</summary>
    public string Text => !IsAllowed
        ? $"not reloaded, nothing changed; these need a restart, one node after the other (halvs switchover first):\n{string.Join('\n', NeedsRestart)}"
        : Applied.IsEmpty ? "nothing changed" : string.Join('\n', Applied);

    public static ModelChange Between(DirectorModel old, DirectorModel @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        return new ModelChange(
            [.. Masquerade(old, @new), .. Services(old, @new), .. Checks(old, @new)],
            [.. RestartKeys.Between(old, @new)]);
    }

    private static IEnumerable<string> Masquerade(DirectorModel old, DirectorModel @new) =>
        old.Network.Masquerade == @new.Network.Masquerade ? [] : [$"network.masquerade: {(@new.Network.Masquerade ? "on" : "off")} for new connections"];

    private static IEnumerable<string> Services(DirectorModel old, DirectorModel @new)
    {
        foreach (VirtualServiceConfig service in old.Services.Where(o => Find(@new, o) is null))
        {
            yield return $"service {Name(service)}: removed";
        }

        foreach (VirtualServiceConfig service in @new.Services)
        {
            foreach (string line in Find(old, service) is { } before ? Service(before, service) : [$"service {Name(service)}: added"])
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Service(VirtualServiceConfig old, VirtualServiceConfig @new)
    {
        if (old.Scheduler != @new.Scheduler)
        {
            yield return $"service {Name(@new)}: scheduler {old.Scheduler} to {@new.Scheduler}";
        }

        foreach (RealServerConfig server in old.Servers.Where(o => Find(@new, o) is null))
        {
            yield return $"service {Name(@new)}: server {server.Address.WithPort(server.Port)} removed";
        }

        foreach (RealServerConfig server in @new.Servers)
        {
            RealServerConfig? before = Find(old, server);
            if (before != server)
            {
                string what = before is null ? $"added, weight {server.Weight}" : $"weight {before.Weight} to {server.Weight}";
                yield return $"service {Name(@new)}: server {server.Address.WithPort(server.Port)} {what}";
            }
        }
    }

    private static IEnumerable<string> Checks(DirectorModel old, DirectorModel @new) =>
        old.Checks.SequenceEqual(@new.Checks) ? [] : ["service.check: checks of real servers changed"];

    private static VirtualServiceConfig? Find(DirectorModel model, VirtualServiceConfig key) =>
        model.Services.FirstOrDefault(s => (s.Protocol, s.Address, s.Port) == (key.Protocol, key.Address, key.Port));

    private static RealServerConfig? Find(VirtualServiceConfig service, RealServerConfig key) =>
        service.Servers.FirstOrDefault(s => (s.Address, s.Port) == (key.Address, key.Port));

    private static string Name(VirtualServiceConfig service) =>
        $"{service.Address.WithPort(service.Port)}/{(service.Protocol == TransportProtocol.Udp ? "udp" : "tcp")}";
}
