using System.Collections.Immutable;
using HaLvs.Director.Commands.Ipvsadm.Output;
using HaLvs.Director.Commands.Ipvsadm.Popt;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>The sync daemon's options, and what is checked when all options are known.</summary>
internal sealed partial class RequestBuilder
{
    /// <summary>The largest UDP datagram over IPv4.</summary>
    private const int LargestSyncMessage = 65_535 - 20 - 8;

    private bool TakeDaemonOption(OptionTag tag, string? argument)
    {
        switch (tag)
        {
            case OptionTag.McastInterface: Give(CommandOption.McastInterface); _daemon = _daemon with { Interface = argument! }; break;
            case OptionTag.SyncId: _daemon = _daemon with { SyncId = Number(CommandOption.SyncId, argument!, 0, 255, "syncid") }; break;
            case OptionTag.McastGroup: Give(CommandOption.McastGroup); _daemon = _daemon with { Group = Group(argument!) }; break;
            case OptionTag.McastPort: _daemon = _daemon with { Port = Number(CommandOption.McastPort, argument!, 1, 65_535, "mcast-port") }; break;
            case OptionTag.McastTtl: _daemon = _daemon with { Ttl = Number(CommandOption.McastTtl, argument!, 1, 255, "mcast-ttl") }; break;
            case OptionTag.SyncMaximumLength:
                _daemon = _daemon with { MaximumLength = Number(CommandOption.SyncMaximumLength, argument!, 1, LargestSyncMessage, "sync-maxlen") };
                break;
            default: return false;
        }

        return true;
    }

    private static Ip Group(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return InetText.Pton6(text) is { } v6 && v6.High >> 56 == 0xff ? v6 : throw IpvsadmExit.Usage($"invalid IPv6 mcast-group `{text}'");
        }

        return InetText.Pton4(text) is { } v4 && v4 >> 28 == 0xe ? Ip.FromV4(v4) : throw IpvsadmExit.Usage($"invalid IPv4 mcast-group `{text}'");
    }

    /// <param name="others">Words that were no options.</param>
    /// <exception cref="IpvsadmExit">What was collected is no legal command.</exception>
    public IpvsadmRequest Finish(IReadOnlyList<string> others)
    {
        var timeouts = command == CommandKind.SetTimeouts ? Timeouts(others) : default;
        if (others.Skip(command == CommandKind.SetTimeouts ? 3 : 0).FirstOrDefault() is { } extra)
        {
            throw IpvsadmExit.Usage($"unexpected argument {extra}");
        }

        SchedulerOptions flags = SchedulerFlagText.Parse(_schedulerFlags, _scheduler.Length > 0 ? _scheduler : "wlc");
        LegalityMatrix.Check(command, _given);
        CheckService();
        CheckServer();
        CheckList();
        bool aboutServer = command is CommandKind.AddServer or CommandKind.EditServer or CommandKind.DeleteServer;
        return new IpvsadmRequest(command)
        {
            Service = _given.Contains(CommandOption.Service) ? Key() : null,
            Settings = command is CommandKind.AddService or CommandKind.EditService ? Settings(flags) : null,
            Server = aboutServer ? _server : null,
            Timeouts = timeouts,
            Daemon = command is CommandKind.StartDaemon or CommandKind.StopDaemon ? _daemon with { Interface = _daemon.Interface.Length > 0 ? _daemon.Interface : "eth0" } : null,
            Format = _format | (command == CommandKind.Save ? ListingFormat.Rules : 0),
            Instead = InsteadOfServices(),
        };
    }

    private static (int, int, int) Timeouts(IReadOnlyList<string> words) => words.Count < 3
        ? throw IpvsadmExit.Usage("--set option requires 3 timeout values")
        : (Timeout(words[0], 0), Timeout(words[1], 0), Timeout(words[2], 0));

    private void CheckService()
    {
        if (command is not (CommandKind.AddService or CommandKind.EditService) || _mark != 0)
        {
            return;
        }

        Require(_port != 0 || _persistence is not null, "Zero port specified for non-persistent service");
        Require(!_onePacket || _protocol == TransportProtocol.Udp, "One-Packet Scheduling is only for UDP virtual services");
    }

    /// <summary>Packets that are not rewritten keep their port. Only a tunnel can lead into another address family.</summary>
    private void CheckServer()
    {
        if (command is not (CommandKind.AddServer or CommandKind.EditServer))
        {
            return;
        }

        bool tunnel = _server.Method == ForwardingMethod.Tunnel;
        if (_mark == 0 && _server.Method != ForwardingMethod.Masquerade)
        {
            _server = _server with { Port = _port };
        }

        Require((_serverV6, _serverHasFamily) == (_v6, _hasFamily) || tunnel, "Different address family is allowed only for tunneling servers");
        Require(tunnel || !_given.Any(o => o is >= CommandOption.TunnelType and <= CommandOption.TunnelRemoteChecksum), "Tunnel options conflict with forward method");
        TunnelRules.Check(_tunnel, _given);
        _server = tunnel ? _server with { Tunnel = new TunnelEncapsulation(_tunnel, _tunnelPort, _tunnelChecksum) } : _server;
    }

    private void CheckList()
    {
        bool other = Given(CommandOption.Connection, CommandOption.Timeout, CommandOption.Daemon);
        bool figures = Given(CommandOption.Stats, CommandOption.Rate, CommandOption.Thresholds);
        bool clash = (other && figures) || (Given(CommandOption.Timeout, CommandOption.Daemon) && Given(CommandOption.PersistentConnections));
        Require(command != CommandKind.List || !clash, "options conflicts in the list command");
    }

    private CommandOption? InsteadOfServices() =>
        new[] { CommandOption.Connection, CommandOption.Timeout, CommandOption.Daemon }.Where(o => _given.Contains(o)).Select(o => (CommandOption?)o).FirstOrDefault();

    private bool Given(params CommandOption[] options) => options.Any(_given.Contains);

    private ServiceKey Key() => _mark != 0 ? ServiceKey.OfMark(_mark, _v6) : new ServiceKey(_protocol, _address, _port);

    private VirtualServiceConfig Settings(SchedulerOptions flags)
    {
        ServiceKey key = Key();
        return new VirtualServiceConfig(key.Protocol, key.Address, key.Port, _scheduler.Length > 0 ? _scheduler : "wlc", ImmutableArray<RealServerConfig>.Empty)
        {
            Mark = _mark,
            Options = flags,
            OnePacket = _onePacket,
            Persistence = _persistence is { } seconds
                ? new PersistenceConfig(TimeSpan.FromSeconds(seconds), _netmask, _engine.Length > 0 ? _engine : null)
                : null,
            IdleEngine = _persistence is null && _engine.Length > 0 ? _engine : null,
        };
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw IpvsadmExit.Usage(otherwise);
        }
    }
}
