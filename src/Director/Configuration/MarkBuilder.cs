using System.Net;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration;

/// <summary>A written rule to what the forwarding core takes: one for each destination and range of ports, in their order.</summary>
internal static class MarkBuilder
{
    public static IEnumerable<MarkRule> Rules(MarkConfig written, IEnumerable<IPAddress> virtualAddresses)
    {
        IEnumerable<AddressWithPrefix> destinations = written.To is { } to
            ? [to.Value]
            : virtualAddresses.Select(AddressWithPrefix.Of).Where(v => written.From is null || written.From.Value.IsV6 == v.IsV6);
        PortRange[] ports = written.Ports.Count == 0 ? [new PortRange(0, ushort.MaxValue)] : [.. written.Ports.Select(p => p.Value)];
        return from destination in destinations
               from range in ports
               select new MarkRule(written.Mark!.Value, Prefix(destination))
               {
                   Source = written.From is { } client ? Prefix(client.Value) : null,
                   Protocol = written.Protocol?.Value,
                   FirstPort = range.First,
                   LastPort = range.Last,
               };
    }

    private static IpPrefix Prefix(AddressWithPrefix network) => new(Ip.From(network.Address), network.PrefixLength);
}
