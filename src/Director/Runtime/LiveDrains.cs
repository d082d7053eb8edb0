using System.Collections.Immutable;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>Makes the core's drains those that were ordered. Under the data plane's gate.</summary>
internal static class LiveDrains
{
    /// <param name="before">As the core has them.</param>
    public static void Apply(ForwardingCore core, ImmutableArray<DrainOrder> before, ImmutableArray<DrainOrder> orders, long now)
    {
        foreach (DrainOrder gone in before.Where(b => !orders.Any(o => (o.Service, o.Address, o.Port) == (b.Service, b.Address, b.Port))))
        {
            core.StopDrain(gone.Service, gone.Address, gone.Port); // Nothing to do where the server itself is gone.
        }

        foreach (DrainOrder order in orders.Where(o => !before.Contains(o) || core.FindDrain(o.Service, o.Address, o.Port) is null))
        {
            TimeSpan? deadline = order.EndsAt is { } endsAt ? TimeSpan.FromMilliseconds(Math.Max(endsAt - now, 0)) : null;
            core.StartDrain(order.Service, order.Address, order.Port, deadline, order.Remove, now, order.ConnectionsAtStart);
        }
    }

    /// <summary>Orders that still make sense for this table: the server is in it, at weight 0.</summary>
    public static ImmutableArray<DrainOrder> Of(ImmutableArray<DrainOrder> orders, IReadOnlyCollection<VirtualServiceConfig> services) => orders.IsEmpty
        ? orders
        : [.. orders.Where(order => services.Any(s => s.Key == order.Service && s.Servers.Any(server => server.Weight == 0 && order.IsOf(s.Key, server))))];
}
