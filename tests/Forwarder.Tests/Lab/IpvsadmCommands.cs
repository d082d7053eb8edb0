using System.Globalization;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>
/// ipvsadm commands that records are set up with, carried out one by one: short options only, well-formed ones only. What it does not know fails.
/// The real command line is src/Director/Commands/Ipvsadm.
/// </summary>
internal static class IpvsadmCommands
{
    private static readonly string[] Plain = ["-m", "-g", "-i", "-o", "-6"];

    /// <returns>What the core said; Done for --set.</returns>
    public static ServiceOutcome Run(TestDirector director, string command)
    {
        string[] words = command.StartsWith("ipvsadm ", StringComparison.Ordinal) ? command["ipvsadm ".Length..].Split(' ') : command.Split(' ');
        ForwardingCore core = director.Core;
        if (words[0] is "-C" or "--set")
        {
            return Whole(director, words);
        }

        Dictionary<string, string> options = Options(words);
        ServiceKey key = KeyOf(options);
        return words[0] switch
        {
            "-A" => core.AddService(Service(key, options)),
            "-E" => core.EditService(Service(key, options)),
            "-D" => core.DeleteService(key, director.Now),
            "-a" => core.AddServer(key, Server(key, options)),
            "-e" => core.EditServer(key, Server(key, options)),
            "-d" => core.DeleteServer(key, Server(key, options).Address, Server(key, options).Port, director.Now),
            "-Z" => core.ZeroCounters(key),
            _ => throw new InvalidOperationException(command),
        };
    }

    /// <summary>The service that a command names.</summary>
    public static ServiceKey KeyOf(string command) => KeyOf(Options(command.Split(' ').SkipWhile(w => w == "ipvsadm").ToArray()));

    private static ServiceOutcome Whole(TestDirector director, string[] words)
    {
        if (words[0] == "-C")
        {
            director.Core.ClearServices(director.Now);
            return ServiceOutcome.Done;
        }

        TimeSpan Or(int at, TimeSpan old) => words[at] == "0" ? old : TimeSpan.FromSeconds(int.Parse(words[at], CultureInfo.InvariantCulture));
        ForwardingCoreOptions now = director.Core.Options;
        director.Core.Configure(now with { Timeouts = new() { Tcp = Or(1, now.Timeouts.Tcp), TcpFin = Or(2, now.Timeouts.TcpFin), Udp = Or(3, now.Timeouts.Udp) } });
        return ServiceOutcome.Done;
    }

    private static Dictionary<string, string> Options(string[] words)
    {
        Dictionary<string, string> options = [];
        for (int i = 1; i < words.Length; i++)
        {
            bool alone = Plain.Contains(words[i]) || i + 1 == words.Length || words[i + 1].StartsWith('-');
            options.Add(words[i], alone ? "" : words[i + 1]);
            i += alone ? 0 : 1;
        }

        string[] unknown = [.. options.Keys.Except(["-t", "-u", "-f", "-6", "--sctp-service", "-s", "-p", "-M", "-b", "-o", "--pe", "-r", "-m", "-g", "-i", "-w", "-x", "-y"])];
        Assert.True(unknown.Length == 0, $"Unknown option {string.Join(" ", unknown)} in: {string.Join(" ", words)}");
        return options;
    }

    private static ServiceKey KeyOf(Dictionary<string, string> options)
    {
        if (options.TryGetValue("-f", out string? mark))
        {
            return ServiceKey.OfMark(uint.Parse(mark, CultureInfo.InvariantCulture), options.ContainsKey("-6"));
        }

        (string option, TransportProtocol protocol) = options.ContainsKey("-u") ? ("-u", TransportProtocol.Udp)
            : options.ContainsKey("-t") ? ("-t", TransportProtocol.Tcp) : ("--sctp-service", TransportProtocol.Sctp);
        (Ip address, ushort port) = End(options[option], 0);
        return new ServiceKey(protocol, address, port);
    }

    private static VirtualServiceConfig Service(ServiceKey key, Dictionary<string, string> options) =>
        new(key.Protocol, key.Address, key.Port, options.GetValueOrDefault("-s", "wlc"), [])
        {
            Mark = key.Mark,
            OnePacket = options.ContainsKey("-o"),
            Options = SchedulerFlags(options.GetValueOrDefault("-b", "")),
            Persistence = options.TryGetValue("-p", out string? timeout)
                ? new PersistenceConfig(TimeSpan.FromSeconds(timeout.Length == 0 ? 360 : int.Parse(timeout, CultureInfo.InvariantCulture)), Netmask(key, options), options.GetValueOrDefault("--pe"))
                : null,
        };

    private static uint Netmask(ServiceKey key, Dictionary<string, string> options) => key.Address.IsV4
        ? Ip.Parse(options.GetValueOrDefault("-M", "255.255.255.255")).V4
        : uint.Parse(options.GetValueOrDefault("-M", "128"), CultureInfo.InvariantCulture);

    private static SchedulerOptions SchedulerFlags(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(SchedulerOptions.None, (all, flag) => all | flag switch
        {
            "sh-fallback" or "mh-fallback" or "flag-1" => SchedulerOptions.Fallback,
            "sh-port" or "mh-port" or "flag-2" => SchedulerOptions.Port,
            "flag-3" => SchedulerOptions.Third,
            _ => throw new InvalidOperationException(flag),
        });

    private static RealServerConfig Server(ServiceKey key, Dictionary<string, string> options)
    {
        (Ip address, ushort port) = End(options["-r"], key.Port);
        uint Number(string option) => uint.Parse(options.GetValueOrDefault(option, "0"), CultureInfo.InvariantCulture);
        return new RealServerConfig(address, port, options.TryGetValue("-w", out string? weight) ? int.Parse(weight, CultureInfo.InvariantCulture) : 1)
        {
            UpperThreshold = Number("-x"),
            LowerThreshold = Number("-y"),
            Method = options.ContainsKey("-m") ? ForwardingMethod.Masquerade : options.ContainsKey("-i") ? ForwardingMethod.Tunnel : ForwardingMethod.Route,
        };
    }

    private static (Ip Address, ushort Port) End(string text, ushort otherwise)
    {
        int colon = text.StartsWith('[') ? text.IndexOf("]:", StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        string port = colon > 0 ? text[(colon + 1)..] : "";
        string address = colon > 0 ? text[..colon] : text;
        return (Ip.Parse(address.Trim('[', ']')), port.Length == 0 ? otherwise : ushort.Parse(port, CultureInfo.InvariantCulture));
    }
}
