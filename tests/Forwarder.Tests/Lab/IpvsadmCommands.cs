namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>The few ipvsadm commands that records are set up with, applied as an operator's whole list of services.</summary>
internal sealed class IpvsadmCommands
{
    private readonly Dictionary<string, (string Scheduler, List<(string Address, int Weight)> Servers)> _services = [];

    public void Run(TestDirector director, string command)
    {
        string[] words = command.Split(' ');
        string protocol = words.Contains("-u") ? "udp" : "tcp";
        string listen = $"{After(words, protocol == "udp" ? "-u" : "-t")}/{protocol}";
        string? server = After(words, "-r");
        int weight = int.Parse(After(words, "-w") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        switch (words[0])
        {
            case "-A": _services[listen] = (After(words, "-s")!, []); break;
            case "-D": _services.Remove(listen); director.RemoveService(listen); return;
            case "-a": _services[listen].Servers.Add((server!, weight)); break;
            case "-d": _services[listen].Servers.RemoveAll(s => s.Address == server); break;
            case "-e": _services[listen].Servers[_services[listen].Servers.FindIndex(s => s.Address == server)] = (server!, weight); break;
            default: throw new InvalidOperationException(command);
        }

        director.Service(listen, _services[listen].Scheduler, [.. _services[listen].Servers.Select(s => $"{s.Address} w{s.Weight}")]);
    }

    private static string? After(string[] words, string option)
    {
        int at = Array.IndexOf(words, option);
        return at < 0 ? null : words[at + 1];
    }
}
