using HaLvs.Director.Commands.Ipvsadm;
using HaLvs.Director.Commands.Ipvsadm.Execution;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Parsing;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Import;

/// <summary>Carries rules out on a table of its own, as ipvsadm -R would, and writes what came of it as TOML. Errors name the line.</summary>
internal sealed class RuleImport(INameSource names, string source)
{
    private readonly ForwardingCore _core = new(new ForwardingCoreOptions { Capacity = 16, VirtualAddresses = [] });

    /// <summary>Lines that cannot be carried over, for comments.</summary>
    private readonly List<string> _remarks = [];

    /// <summary>The line that each server was added by.</summary>
    private readonly Dictionary<(ServiceKey Service, string Server), int> _lines = [];

    /// <exception cref="OperatorException">A line is no rule, or contradicts those before it; nothing is printed.</exception>
    public string ToToml(TextReader input)
    {
        CoreChanges changes = new(_core, new NoNetwork());
        foreach ((int number, string[] words) in RestoreInput.Lines(input))
        {
            ServiceChange change = Read(number, words);
            if (change is ServiceChange.StartDaemon)
            {
                _remarks.Add($"line {number}: sync daemons are not needed, the pair syncs by itself");
                continue;
            }

            if (Translation.Complaint(change, changes.Apply(change, 0)) is { } complaint)
            {
                throw Wrong(number, complaint);
            }

            Remember(change, number);
        }

        return TomlText.Of(_core.ExportServices(), _core.Options.Timeouts, _remarks, LineOf);
    }

    private ServiceChange Read(int number, string[] words)
    {
        try
        {
            IpvsadmRequest request = IpvsadmParser.Parse(words, names, out string? complaint) ?? throw Wrong(number, complaint!);
            return Translation.ChangeOf(request) ?? throw Wrong(number, "not a rule but a question; import takes the output of ipvsadm -S");
        }
        catch (IpvsadmExit exit)
        {
            throw Wrong(number, exit.Message.StartsWith("Try", StringComparison.Ordinal) || exit.Message.Length == 0
                ? $"\"{string.Join(' ', words)}\" is not a rule of ipvsadm -S"
                : exit.Message.Trim());
        }
    }

    private void Remember(ServiceChange change, int number)
    {
        if (change is ServiceChange.AddServer added)
        {
            _lines[(added.Service, added.Server.Address.WithPort(added.Server.Port))] = number;
        }
    }

    private int LineOf(ServiceKey service, RealServerConfig server) => _lines.GetValueOrDefault((service, server.Address.WithPort(server.Port)));

    /// <summary>The rules come from another machine.</summary>
    private sealed class NoNetwork : IMachineNetwork
    {
        public int? MtuOf(string interfaceName) => null;

        public IReadOnlySet<Forwarder.Packets.Ip> Broadcasts() => new HashSet<Forwarder.Packets.Ip>();
    }

    private OperatorException Wrong(int number, string what) => new($"{source}, line {number}: {what}; nothing was imported");
}
