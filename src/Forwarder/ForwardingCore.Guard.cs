using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder;

/// <summary>What protects the table and ends connections.</summary>
public sealed partial class ForwardingCore
{
    /// <summary>
    /// A real server is gone: its TCP connections get a reset to both ends, its other flows and templates are dropped, whatever its service says of
    /// <see cref="ServerLoss"/>. The work is done by <see cref="Work"/>. On a standby nothing happens: the active's table is the truth.
    /// </summary>
    /// <returns>False: no such server, configured or with connections.</returns>
    public bool ServerLost(ServiceKey service, Ip address, ushort port, long now)
    {
        RealServer? server = _servers.Find(new ServerKey(service, address, port));
        if (server is null)
        {
            return false;
        }

        Lose(server);
        Work(now);
        return true;
    }

    /// <summary>Ends one connection by order: a reset to both ends of a TCP connection, any other is dropped. False: there is none.</summary>
    public bool EndConnection(in ConnectionKey key, long now)
    {
        FlowTuple tuple = new(key.Protocol, key.Client, key.ClientPort, key.Virtual, key.VirtualPort);
        int slot = _connections.FindOutside(in tuple, now);
        return slot != 0 && _ending.Reset(slot, now);
    }

    /// <summary>
    /// Goes on with what takes longer than one call may: a slice of well under a millisecond. True: there is more; call again after the next packets.
    /// </summary>
    public bool Work(long now)
    {
        if (_lost.HasWork)
        {
            _lost.Work(now);
        }

        if (_connections.IsBehind)
        {
            _connections.Tick(now);
        }

        if (_synProxy.IsBehind)
        {
            _synProxy.Tick(now);
        }

        _retirement.Work();
        _services.Work();
        _defense.Work(now);
        return _lost.HasWork || _connections.IsBehind || _retirement.HasWork || _services.HasWork || _defense.HasWork || _synProxy.IsBehind;
    }

    /// <summary>On a standby the active's table is the truth.</summary>
    private void Lose(RealServer server)
    {
        if (!_connections.IsFrozen)
        {
            _lost.Add(server);
        }
    }

    private void Regain(RealServer server) => _lost.Forget(server);

    private void ConfigureGuard()
    {
        _defense.Configure(Options.Ipvs);
        _connections.Limits.Configure(Options.ClientLimits);
        _synProxy.Options = Options.SynProxy;
    }

    private void GuardTick(long now)
    {
        _defense.Tick(now);
        _connections.WatchFill(now);
        _synProxy.Tick(now);
        if (_lost.HasWork)
        {
            _lost.Work(now);
        }
    }
}
