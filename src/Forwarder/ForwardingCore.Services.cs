using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>The operator's changes of the service table, one by one as ipvsadm makes them, or as a whole list.</summary>
public sealed partial class ForwardingCore
{
    /// <summary>Makes the service table equal to this list. Unchanged servers keep connections and counters; connections of removed ones are kept until they end.</summary>
    /// <exception cref="ArgumentException">The list contradicts itself or names an unknown scheduler; nothing was changed.</exception>
    public void ApplyServices(ImmutableArray<VirtualServiceConfig> services)
    {
        ServiceListApplication.Apply(services, _services);
        ServicesChanged();
    }

    public ImmutableArray<ServiceSnapshot> SnapshotServices() => _services.Snapshot();

    /// <summary>All that ipvsadm shows, services in the order of adding.</summary>
    public ImmutableArray<ServiceListing> ListServices() => _services.List();

    /// <summary>The live table as a list that <see cref="ApplyServices"/> takes: servers in the order of adding.</summary>
    public ImmutableArray<VirtualServiceConfig> ExportServices() => _services.Export();

    /// <summary>A service without servers; those of the argument are ignored.</summary>
    /// <returns>ServiceExists, UnknownScheduler, OutOfRange or Invalid: nothing was changed.</returns>
    public ServiceOutcome AddService(VirtualServiceConfig service) => Changed(_services.Add(service));

    /// <summary>New settings for a service that exists; servers of the argument are ignored. A scheduler that stays keeps its state.</summary>
    /// <returns>NoSuchService, UnknownScheduler, OutOfRange or Invalid: nothing was changed.</returns>
    public ServiceOutcome EditService(VirtualServiceConfig service) => Changed(_services.Edit(service));

    /// <summary>The service and its servers go; their connections are kept until they end and resume when it is added again.</summary>
    /// <returns>NoSuchService: nothing was changed.</returns>
    public ServiceOutcome DeleteService(ServiceKey service, long now) => Changed(_services.Delete(service));

    /// <summary>Deletes every service.</summary>
    public void ClearServices(long now)
    {
        foreach (ServiceKey key in _services.Services.Select(s => s.Key).ToArray())
        {
            DeleteService(key, now);
        }
    }

    /// <returns>NoSuchService, ServerExists, OutOfRange (weight, thresholds) or Invalid (address): nothing was changed.</returns>
    public ServiceOutcome AddServer(ServiceKey service, RealServerConfig server) => Changed(_services.AddServer(service, server));

    /// <returns>NoSuchService, NoSuchServer, OutOfRange or Invalid: nothing was changed.</returns>
    public ServiceOutcome EditServer(ServiceKey service, RealServerConfig server) => Changed(_services.EditServer(service, server));

    /// <returns>NoSuchService or NoSuchServer: nothing was changed.</returns>
    /// <remarks>With expire_nodest_conn, or when the service says so, its connections end with the next ticks.</remarks>
    public ServiceOutcome DeleteServer(ServiceKey service, Ip address, ushort port, long now) =>
        Changed(_services.DeleteServer(new ServerKey(service, address, port)));

    /// <summary>
    /// Weight 0 at once and templates not honoured; what is left when <paramref name="deadline"/> has passed ends (both ends of a TCP connection are
    /// reset), and the server is removed or stays with weight 0. Progress stands in <see cref="ServerSnapshot.Drain"/>. A drain is this node's: the
    /// exported list has the weight 0 alone. A weight above 0 calls it off.
    /// </summary>
    /// <returns>NoSuchService, NoSuchServer, or OutOfRange for a negative deadline: nothing was changed.</returns>
    public ServiceOutcome StartDrain(ServiceKey service, Ip address, ushort port, TimeSpan deadline, bool takesAway, long now) =>
        Changed(_draining.Start(new ServerKey(service, address, port), deadline, takesAway, now));

    /// <param name="service">Null: all services.</param>
    /// <returns>NoSuchService: nothing was changed.</returns>
    public ServiceOutcome ZeroCounters(ServiceKey? service) => _services.ZeroCounters(service);

    private ServiceOutcome Changed(ServiceOutcome outcome)
    {
        if (outcome == ServiceOutcome.Done)
        {
            ServicesChanged();
        }

        return outcome;
    }

    private void ServicesChanged()
    {
        FactsChanged();
        if (_services.Services.Any(s => s.Engine == ServiceRules.SipEngine))
        {
            _connections.Calls.Reserve();
        }
    }
}
