using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Output;
using HaLvs.Director.Commands.Ipvsadm.Popt;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>
/// Collects the options of one command line, in the order in which they stand: a later option is read in the light of the earlier ones (the
/// netmask's form depends on the service's family, a server's default port on the service before it). Checks at the end: RequestBuilder.Checks.cs.
/// </summary>
internal sealed partial class RequestBuilder(CommandKind command, INameSource names)
{
    private const int LongestTimeoutSeconds = 86_400 * 31;
    private const int DefaultPersistenceSeconds = 360;

    private readonly HashSet<CommandOption> _given = [];
    private TransportProtocol _protocol;
    private Ip _address;
    private ushort _port;
    private uint _mark;
    private bool _v6;
    private bool _hasFamily;
    private uint _netmask = uint.MaxValue;
    private string _scheduler = "";
    private string _schedulerFlags = "";
    private string _engine = "";
    private int? _persistence;
    private bool _onePacket;
    private RealServerConfig _server = new(default, 0, 1) { Method = ForwardingMethod.Route };
    private bool _serverV6;
    private bool _serverHasFamily;
    private TunnelType _tunnel;
    private ushort _tunnelPort;
    private TunnelChecksum _tunnelChecksum;
    private ListingFormat _format;
    private DaemonRequest _daemon = new(true);

    public CommandKind Command => command;

    public void TakeDaemonState(string state) => _daemon = state switch
    {
        "master" => new DaemonRequest(true),
        "backup" => new DaemonRequest(false),
        _ => throw IpvsadmExit.Usage(command == CommandKind.StartDaemon ? "illegal start-daemon parameter specified" : "illegal start_daemon specified"),
    };

    /// <summary>One option. <paramref name="word"/> is what an error quotes.</summary>
    public void Take(OptionTag tag, string? argument, string word)
    {
        if (!TakeServiceOption(tag, argument) && !TakeServerOption(tag, argument) && !TakeListOption(tag) && !TakeDaemonOption(tag, argument))
        {
            throw IpvsadmExit.Usage($"invalid option `{word}'");
        }
    }

    private bool TakeServiceOption(OptionTag tag, string? argument)
    {
        switch (tag)
        {
            case OptionTag.TcpService: TakeService(TransportProtocol.Tcp, argument!); break;
            case OptionTag.UdpService: TakeService(TransportProtocol.Udp, argument!); break;
            case OptionTag.SctpService: TakeService(TransportProtocol.Sctp, argument!); break;
            case OptionTag.FwmarkService: TakeMark(argument!); break;
            case OptionTag.Ipv6: TakeIpv6(); break;
            case OptionTag.Scheduler: Give(CommandOption.Scheduler); _scheduler = argument!; break;
            case OptionTag.Persistent: Give(CommandOption.Persistent); _persistence = argument is null ? DefaultPersistenceSeconds : Timeout(argument, 1); break;
            case OptionTag.Netmask: TakeNetmask(argument!); break;
            case OptionTag.OnePacket: Give(CommandOption.OnePacket); _onePacket = true; break;
            case OptionTag.PersistenceEngine: Give(CommandOption.PersistenceEngine); _engine = argument!; break;
            case OptionTag.SchedulerFlags: Give(CommandOption.SchedulerFlags); _schedulerFlags = argument!; break;
            default: return false;
        }

        return true;
    }

    private void TakeService(TransportProtocol protocol, string text)
    {
        Give(CommandOption.Service);
        _protocol = protocol;
        ServiceEnd end = ServiceEnd.Parse(text, protocol, names) ?? throw IpvsadmExit.Usage("illegal virtual server address[:port] specified");
        (_address, _v6, _hasFamily, _port) = (end.Address, end.IsV6, true, end.Port ?? 0);
        _netmask = end.IsV6 ? 128 : _netmask;
    }

    /// <summary>The protocol means nothing for a mark; ipvsadm takes TCP, which matters for a server's port name.</summary>
    private void TakeMark(string text)
    {
        Give(CommandOption.Service);
        (_v6, _hasFamily, _protocol) = (false, true, TransportProtocol.Tcp);
        _mark = (uint)(NumberText.Parse(text, 1, uint.MaxValue) ?? throw IpvsadmExit.Usage($"invalid fwmark value `{text}' specified"));
    }

    private void TakeIpv6()
    {
        if (_mark == 0)
        {
            throw IpvsadmExit.Usage("-6 used before -f\n");
        }

        (_v6, _netmask) = (true, 128);
    }

    private void TakeNetmask(string text)
    {
        Give(CommandOption.Netmask);
        _netmask = _v6
            ? (uint)(NumberText.Parse(LeadingNumber(text), 1, 128) ?? throw IpvsadmExit.Usage("illegal ipv6 netmask specified"))
            : InetText.Aton(text) ?? names.AddressOf(text) ?? throw IpvsadmExit.Usage("illegal virtual server persistent mask specified");
    }

    /// <summary>atoi(3): what follows the digits is not seen.</summary>
    private static string LeadingNumber(string text) => string.Concat(text.TrimStart().TakeWhile((c, i) => char.IsAsciiDigit(c) || (i == 0 && c is '+' or '-')));

    private bool TakeServerOption(OptionTag tag, string? argument)
    {
        switch (tag)
        {
            case OptionTag.RealServer: TakeServer(argument!); break;
            case OptionTag.Masquerading: TakeMethod(ForwardingMethod.Masquerade); break;
            case OptionTag.Ipip: TakeMethod(ForwardingMethod.Tunnel); break;
            case OptionTag.Gatewaying: TakeMethod(ForwardingMethod.Route); break;
            case OptionTag.Weight: _server = _server with { Weight = Number(CommandOption.Weight, argument!, 0, int.MaxValue, "weight") }; break;
            case OptionTag.UpperThreshold:
                _server = _server with { UpperThreshold = (uint)Number(CommandOption.UpperThreshold, argument!, 0, int.MaxValue, "u_threshold") };
                break;
            case OptionTag.LowerThreshold:
                _server = _server with { LowerThreshold = (uint)Number(CommandOption.LowerThreshold, argument!, 0, int.MaxValue, "l_threshold") };
                break;
            default: return TakeTunnelOption(tag, argument);
        }

        return true;
    }

    private void TakeServer(string text)
    {
        Give(CommandOption.Server);
        ServiceEnd end = ServiceEnd.Parse(text, _protocol, names) ?? throw IpvsadmExit.Usage("illegal real server address[:port] specified");
        _server = _server with { Address = end.Address, Port = end.Port ?? _port };
        (_serverV6, _serverHasFamily) = (end.IsV6, true);
    }

    private void TakeMethod(ForwardingMethod method)
    {
        Give(CommandOption.Forward);
        _server = _server with { Method = method };
    }

    private bool TakeTunnelOption(OptionTag tag, string? argument)
    {
        switch (tag)
        {
            case OptionTag.TunnelType:
                Give(CommandOption.TunnelType);
                _tunnel = TunnelRules.TypeOf(argument!) ?? throw IpvsadmExit.Usage("illegal tunnel type specified");
                break;
            case OptionTag.TunnelPort: _tunnelPort = (ushort)Number(CommandOption.TunnelPort, argument!, 1, ushort.MaxValue, "tunnel port"); break;
            case OptionTag.TunnelNoChecksum: Give(CommandOption.TunnelNoChecksum); break;
            case OptionTag.TunnelChecksum: Give(CommandOption.TunnelChecksum); _tunnelChecksum |= TunnelChecksum.Whole; break;
            case OptionTag.TunnelRemoteChecksum: Give(CommandOption.TunnelRemoteChecksum); _tunnelChecksum |= TunnelChecksum.Remote; break;
            default: return false;
        }

        return true;
    }

    private bool TakeListOption(OptionTag tag)
    {
        (CommandOption Option, ListingFormat Format)? known = tag switch
        {
            OptionTag.Connection => (CommandOption.Connection, 0),
            OptionTag.Timeout => (CommandOption.Timeout, 0),
            OptionTag.Daemon => (CommandOption.Daemon, 0),
            OptionTag.Numeric => (CommandOption.Numeric, ListingFormat.Numeric),
            OptionTag.Stats => (CommandOption.Stats, ListingFormat.Stats),
            OptionTag.Rate => (CommandOption.Rate, ListingFormat.Rate),
            OptionTag.Thresholds => (CommandOption.Thresholds, ListingFormat.Thresholds),
            OptionTag.PersistentConnections => (CommandOption.PersistentConnections, ListingFormat.PersistentConnections),
            OptionTag.TunnelInfo => (CommandOption.TunnelInfo, ListingFormat.TunnelInfo),
            OptionTag.NoSort => (CommandOption.NoSort, ListingFormat.NoSort),
            OptionTag.Exact => (CommandOption.Exact, ListingFormat.Exact),
            _ => null,
        };
        if (known is { } option)
        {
            Give(option.Option);
            _format |= option.Format;
        }

        // --sort is the default and does nothing.
        return known is not null || tag == OptionTag.Sort;
    }

    private void Give(CommandOption option)
    {
        if (!_given.Add(option))
        {
            throw IpvsadmExit.Usage($"multiple '{LegalityMatrix.NameOf(option)}' options specified");
        }
    }

    private int Number(CommandOption option, string text, int minimum, int maximum, string name)
    {
        Give(option);
        return (int)(NumberText.Parse(text, minimum, maximum) ?? throw IpvsadmExit.Usage($"illegal {name} specified"));
    }

    private static int Timeout(string text, int minimum) =>
        (int)(NumberText.Parse(text, minimum, LongestTimeoutSeconds) ?? throw IpvsadmExit.Usage($"invalid timeout value `{text}' specified"));
}
