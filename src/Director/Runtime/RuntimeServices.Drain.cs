using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Runtime;

/// <summary>
/// Taking a server out of service without hurting its connections. The order is part of the table: on disk, at the standby, carried out by whichever
/// node serves, whether or not somebody watches. The core ends what is left at the deadline; here the drained server is taken away, if that was asked.
/// </summary>
public sealed partial class RuntimeServices
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(10);

    /// <summary>How drains came to their end, for commands that wait. Under <see cref="_writing"/>, as is <see cref="_refusedAt"/>.</summary>
    private readonly Dictionary<(ServiceKey Service, Forwarder.Packets.Ip Address, ushort Port), string> _drained = [];
    private long? _refusedAt;

    public async Task<OperationOutcome> DrainAsync(
        string service, string server, TimeSpan deadline, bool remove, string who, IProgress<string> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            RequireServing();
            DrainOrder order = Begin(service, server, deadline, remove, who);
            if (await ToldAsync(cancel) is { } warning)
            {
                progress.Report(warning);
            }

            return await FollowAsync(order, progress, cancel);
        }
        catch (OperatorException refusal)
        {
            return new OperationOutcome(false, refusal.Message);
        }
    }

    public async Task<OperationOutcome> CancelDrainAsync(string service, string server, string who, CancellationToken cancel)
    {
        try
        {
            RequireServing();
            DrainOrder order = CallOff(service, server, who);
            string? warning = await ToldAsync(cancel);
            return new OperationOutcome(true, $"{order.Name}: the drain is called off, weight {order.WeightBefore} again{(warning is null ? "" : $"; {warning}")}");
        }
        catch (OperatorException refusal)
        {
            return new OperationOutcome(false, refusal.Message);
        }
    }

    private DrainOrder Begin(string service, string server, TimeSpan deadline, bool remove, string who)
    {
        lock (_writing)
        {
            (ServiceKey key, RealServerConfig target) = Find(service, server);
            DrainOrder? running = _now.Drains.FirstOrDefault(d => d.IsOf(key, target));
            DrainOrder order = (running ?? new DrainOrder(key, target.Address, target.Port) { WeightBefore = target.Weight, ConnectionsAtStart = Connections(key, target) }) with
            {
                EndsAt = deadline > TimeSpan.Zero ? DataPlane.Now + (long)deadline.TotalMilliseconds : null,
                Remove = remove,
                Who = who,
            };
            _drained.Remove((key, target.Address, target.Port));
            Change([new ServiceChange.EditServer(key, target with { Weight = 0 })], who, after => after with { Drains = [.. Without(after, order), order] });
            _events.Add(EventSeverity.Notice, "drain", $"{who}: {order.Name} {(running is null ? "drains" : "drains anew")}, "
                + $"{(deadline > TimeSpan.Zero ? $"{DrainText.Clock(deadline)} to the deadline" : "no deadline")}, {(remove ? "then removed" : "stays at weight 0")}");
            return order;
        }
    }

    private DrainOrder CallOff(string service, string server, string who)
    {
        lock (_writing)
        {
            (ServiceKey key, RealServerConfig target) = Find(service, server);
            DrainOrder order = _now.Drains.FirstOrDefault(d => d.IsOf(key, target)) ?? throw new OperatorException($"{server} of {service} is not draining; halvs status shows what is");
            Change([new ServiceChange.EditServer(key, target with { Weight = order.WeightBefore })], who, after => after with { Drains = [.. Without(after, order)] });
            _events.Add(EventSeverity.Notice, "drain", $"{who}: the drain of {order.Name} is called off, weight {order.WeightBefore} again");
            return order;
        }
    }

    /// <summary>Until the drain has come to its end, by whatever way.</summary>
    private async Task<OperationOutcome> FollowAsync(DrainOrder order, IProgress<string> progress, CancellationToken cancel)
    {
        int told = -1;
        while (true)
        {
            Look();
            if (EndOf(order) is { } end)
            {
                return end;
            }

            if (Progress(order) is { } drain && drain.ConnectionsLeft != told)
            {
                progress.Report(DrainText.Of(drain));
                told = drain.ConnectionsLeft;
            }

            await Task.Delay(DrainLook, _time, cancel);
        }
    }

    private OperationOutcome? EndOf(DrainOrder order)
    {
        lock (_writing)
        {
            if (_drained.TryGetValue((order.Service, order.Address, order.Port), out string? outcome))
            {
                return new OperationOutcome(true, outcome);
            }

            if (!Without(_now, order).SequenceEqual(_now.Drains))
            {
                return Refusal() is { } refusal ? new OperationOutcome(false, $"the drain of {order.Name} goes on at the node that serves: {refusal}") : null;
            }

            return new OperationOutcome(false, $"the drain of {order.Name} was called off; halvs events says by whom");
        }
    }

    /// <summary>Takes away what is drained, or says that it is. Under <see cref="_writing"/>.</summary>
    private void FinishDrains()
    {
        if (_refusedAt is { } refused && _time.GetElapsedTime(refused) < PauseAfterRefusal)
        {
            return;
        }

        foreach (DrainOrder order in _now.Drains)
        {
            var key = (order.Service, order.Address, order.Port);
            if (!_drained.ContainsKey(key) && Progress(order) is { IsOver: true } drain)
            {
                Finish(order, drain);
            }
        }
    }

    private void Finish(DrainOrder order, DrainSnapshot drain)
    {
        try
        {
            if (order.Remove)
            {
                Change([new ServiceChange.DeleteServer(order.Service, order.Address, order.Port)], $"{order.Who} (drain)", after => after);
                Changed();
            }

            string outcome = $"{order.Name}: {(drain.Ended > 0 ? $"{drain.Ended} {(drain.Ended == 1 ? "connection was" : "connections were")} ended at the deadline" : "no connection is left")}; "
                + (order.Remove ? "removed" : $"it stays at weight 0 (before: {order.WeightBefore})");
            _drained[(order.Service, order.Address, order.Port)] = outcome;
            _events.Add(drain.Ended > 0 ? EventSeverity.Warning : EventSeverity.Notice, "drain", outcome);
            _refusedAt = null;
        }
        catch (OperatorException)
        {
            _refusedAt = _time.GetTimestamp(); // The event log has the reason; what is drained stays so and is taken away later.
        }
    }

    /// <summary>Null: this node does not forward, or there is no such drain.</summary>
    private DrainSnapshot? Progress(DrainOrder order)
    {
        lock (_dataPlane.Gate)
        {
            return Serves() ? _dataPlane.Core.FindDrain(order.Service, order.Address, order.Port) : null;
        }
    }

    private int Connections(ServiceKey key, RealServerConfig server) => Contents().Services.FirstOrDefault(s => s.Service.Key == key)?.Servers
        .Where(s => (s.Server.Address, s.Server.Port) == (server.Address, server.Port)).Sum(s => s.Active + s.Inactive) ?? 0;

    private static IEnumerable<DrainOrder> Without(RuntimeSnapshot table, DrainOrder order) =>
        table.Drains.Where(d => (d.Service, d.Address, d.Port) != (order.Service, order.Address, order.Port));

    /// <exception cref="OperatorException">There is none, or several that could be meant.</exception>
    private (ServiceKey Service, RealServerConfig Server) Find(string service, string server)
    {
        VirtualServiceConfig? owner = _now.Services.FirstOrDefault(s => string.Equals(s.Key.ToString(), service, StringComparison.OrdinalIgnoreCase));
        RealServerConfig[] exact = [.. owner?.Servers.Where(s => s.Address.WithPort(s.Port) == server) ?? []];
        RealServerConfig[] found = exact.Length > 0 ? exact : [.. owner?.Servers.Where(s => s.Address.ToString() == server) ?? []];
        return found switch
        {
            [] => throw new OperatorException($"no server {server} in a service {service}; halvs status names them"),
            [var one] => (owner!.Key, one),
            _ => throw new OperatorException($"{server} is {found.Length} servers of {service}: {string.Join(", ", found.Select(s => s.Address.WithPort(s.Port)))}; say which"),
        };
    }
}
