using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>
/// A server that an operator wants emptied: state of the pair, as the table is. On disk and to the peer goes what is left of the deadline, and either
/// node counts it on by its own monotonic clock: a failover or a restart can make a deadline later by the gap, never forget it.
/// </summary>
internal sealed record DrainOrder(ServiceKey Service, Ip Address, ushort Port)
{
    /// <summary>Milliseconds of the data plane's clock; null: no deadline.</summary>
    public long? EndsAt { get; init; }

    /// <summary>The server is taken out of the table at the end.</summary>
    public bool Remove { get; init; }

    /// <summary>What it gets back when the drain is called off.</summary>
    public int WeightBefore { get; init; }

    public int ConnectionsAtStart { get; init; }

    public string Who { get; init; } = "";

    /// <summary>"10.0.0.2:80 of 192.0.2.100:80/tcp".</summary>
    public string Name => $"{Address.WithPort(Port)} of {Service}";

    public bool IsOf(ServiceKey service, RealServerConfig server) => Service == service && (Address, Port) == (server.Address, server.Port);

    public DrainDefinition ToMessage(long now)
    {
        DrainDefinition message = new()
        {
            Service = ServiceTranslation.ToMessage(Service),
            Address = ServiceTranslation.ToBytes(Address),
            Port = Port,
            Remove = Remove,
            WeightBefore = WeightBefore,
            ConnectionsAtStart = ConnectionsAtStart,
            Who = Who,
        };
        if (EndsAt is { } endsAt)
        {
            message.RemainingMilliseconds = Math.Max(endsAt - now, 0);
        }

        return message;
    }

    /// <exception cref="InvalidDataException">An address of no known length.</exception>
    public static DrainOrder From(DrainDefinition message, long now) =>
        new(ServiceTranslation.FromMessage(message.Service ?? throw new InvalidDataException("a drain without a service")), ServiceTranslation.FromBytes(message.Address), (ushort)message.Port)
        {
            EndsAt = message.HasRemainingMilliseconds ? now + message.RemainingMilliseconds : null,
            Remove = message.Remove,
            WeightBefore = message.WeightBefore,
            ConnectionsAtStart = message.ConnectionsAtStart,
            Who = message.Who,
        };
}
