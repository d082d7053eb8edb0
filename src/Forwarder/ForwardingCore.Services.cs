using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>The operator's changes of the service table, one by one as ipvsadm makes them, or as a whole list.</summary>
public sealed partial class ForwardingCore
{
    /// <summary>
    /// Several changes as one: what follows from the table as a whole is made once, at the end, also when <paramref name="changes"/> throws; hash
    /// tables of schedulers by <see cref="Work"/>, or with their next pick. No packet may be processed meanwhile.
    /// </summary>
    public void Together(Action changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        _together = true;
        _services.BeginChanges();
        try
        {
            changes();
        }
        finally
        {
            _services.EndChanges();
            _together = false;
            RenewFacts();
        }
    }

    /// <summary>Makes the service table equal to this list. Unchanged servers keep connections and counters; connections of removed ones are kept until they end.</summary>
    /// <exception cref="ArgumentException">The list contradicts itself or names an unknown scheduler; nothing was changed.</exception>
    public void ApplyServices(ImmutableArray<VirtualServiceConfig> services)
    {
        ServiceListApplication.Apply(services, _services);
        RenewFacts();
    }

    /// <summary>Settings of a service, without its servers; null: there is none.</summary>
    public VirtualServiceConfig? FindService(ServiceKey service) => _services.Find(in service)?.Config;

    /// <summary>Progress of a drain; null: no such server, or it is not draining.</summary>
    public DrainSnapshot? FindDrain(ServiceKey service, Ip address, ushort port) =>
        _services.Find(new ServerKey(service, address, port)) is { Drain: { } plan } server ? plan.ToSnapshot(server.CountedConnections) : null;

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
        _services.Clear();
        RenewFacts();
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
    /// reset). Progress stands in <see cref="ServerSnapshot.Drain"/>. The core never takes the server away: that is a change of the table, for whoever
    /// keeps it (<paramref name="takesAway"/> is remembered for listings). The exported list has the weight 0 alone. A weight above 0 calls it off.
    /// </summary>
    /// <param name="deadline">Null: none. It replaces that of a drain under way.</param>
    /// <param name="connectionsAtStart">Of a drain that began elsewhere or earlier; null: as the server is now.</param>
    /// <returns>NoSuchService, NoSuchServer, or OutOfRange for a negative deadline: nothing was changed.</returns>
    public ServiceOutcome StartDrain(
        ServiceKey service, Ip address, ushort port, TimeSpan? deadline, bool takesAway, long now, int? connectionsAtStart = null) =>
        Changed(_draining.Start(new ServerKey(service, address, port), deadline, takesAway, connectionsAtStart, now));

    /// <summary>Calls a drain off; the weight stays 0.</summary>
    /// <returns>NoSuchService or NoSuchServer: nothing was changed.</returns>
    public ServiceOutcome StopDrain(ServiceKey service, Ip address, ushort port) => _draining.Stop(new ServerKey(service, address, port));

    /// <param name="service">Null: all services.</param>
    /// <returns>NoSuchService: nothing was changed.</returns>
    public ServiceOutcome ZeroCounters(ServiceKey? service) => _services.ZeroCounters(service);

    private ServiceOutcome Changed(ServiceOutcome outcome)
    {
        if (outcome == ServiceOutcome.Done)
        {
            RenewFacts();
        }

        return outcome;
    }

    /// <summary>Within <see cref="Together"/> once, at the end.</summary>
    private void RenewFacts()
    {
        if (_together)
        {
            return;
        }

        _pipeline.Facts = CurrentFacts();
        FactsRenewed++;
        if (_services.Services.Any(s => s.Engine == ServiceRules.SipEngine))
        {
            _connections.Calls.Reserve();
        }
    }
}
