using System.Text.Json;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>
/// Plays what a kernel director was given (tests/golden/ipvs/README.md, schedulers and persistence) to one of ours and demands the same servers,
/// counts, templates and exit statuses after every event. What it does not know fails.
/// </summary>
internal sealed class RecordReplay
{
    private readonly JsonElement _record;
    private readonly string _service;
    private readonly string _named;
    private readonly ServiceKey _key;
    private readonly bool _onePacket;
    private readonly TestDirector _director;
    private readonly RecordChecks _checks;
    private readonly long _start;
    private readonly Dictionary<string, TcpConversation> _open = [];

    public RecordReplay(JsonElement record)
    {
        _record = record;
        string firewall = Text(record, "firewall") ?? "";
        _director = new(o => o with { MarkRules = [.. MarkRuleText.Parse(firewall)] });
        _start = _director.Now;
        _service = record.GetProperty("service").GetString()!;
        string[] setup = record.GetProperty("setup")[0].GetString()!.Split(' ');
        _named = string.Join(' ', setup[Array.FindIndex(setup, w => w is "-t" or "-u" or "-f" or "--sctp-service")..].TakeWhile((w, i) => i < 2 || w == "-6"));
        _key = IpvsadmCommands.KeyOf($"-A {_named}");
        _onePacket = record.TryGetProperty("one_packet", out JsonElement onePacket) && onePacket.GetBoolean();
        _checks = new RecordChecks(_director, _key);
    }

    /// <returns>How many events were played.</returns>
    public int Run()
    {
        foreach (JsonElement command in _record.GetProperty("setup").EnumerateArray())
        {
            Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(_director, command.GetString()!));
        }

        if (_record.TryGetProperty("sysctls", out JsonElement sysctls))
        {
            foreach (JsonProperty sysctl in sysctls.EnumerateObject())
            {
                KernelSettings.Set(_director, sysctl.Name, sysctl.Value.GetInt32());
            }
        }

        _checks.Order(_record.GetProperty("kernel_order"));
        int at = 0;
        foreach (JsonElement step in _record.GetProperty("events").EnumerateArray())
        {
            ReachTime(step);
            Play(step, $"event {at++}: {step}");
        }

        return at;
    }

    /// <summary>Where the record has times, an event's is when it was over; all but waits took next to none.</summary>
    private void ReachTime(JsonElement step)
    {
        if (step.TryGetProperty("t", out JsonElement seconds))
        {
            _director.Wait(Math.Max((_start - _director.Now + (long)(seconds.GetDouble() * 1000)) / 1000.0, 0));
        }
        else if (step.TryGetProperty("wait_seconds", out JsonElement wait))
        {
            _director.Wait(wait.GetDouble());
        }

        _director.Now++;
        _director.Core.Tick(_director.Now);
    }

    private void Play(JsonElement step, string what)
    {
        JsonProperty verb = step.EnumerateObject().First();
        switch (verb.Name)
        {
            case "open": Open(step, what); break;
            case "close": _open[verb.Value.GetString()!].Close(Text(step, "by") ?? "client"); break;
            case "datagram": Datagram(step, what); break;
            case "wait_seconds": break;
            case "ipvsadm": Command(step, what); break;
            case "sysctl": KernelSettings.Set(_director, verb.Value.GetString()!, step.GetProperty("value").GetInt32()); break;
            case "remove_server": Server("-d", verb.Value, step); break;
            case "add_server": Server("-a", verb.Value, step); break;
            case "set_weight": Server("-e", verb.Value, step); break;
            case "edit_server": Server("-e", verb.Value, step); break;
            case "templates" or "t": break;
            default: Assert.Fail($"Unknown event {verb.Name} in {what}"); break;
        }

        _director.Core.Tick(_director.Now);
        _checks.After(step, what);
    }

    private void Open(JsonElement step, string what)
    {
        string? picked = Text(step, "picked");
        TcpConversation conversation = new(_director, Text(step, "from")!, Text(step, "to") ?? _service);
        Assert.True(conversation.Open(serverRefuses: picked is null) == picked, $"{what}: {conversation.Server} {conversation.Answer}");
        Assert.True(picked is not null || Text(step, "error") == "ECONNREFUSED", what);
        _open[Text(step, "open")!] = conversation;
    }

    private void Datagram(JsonElement step, string what)
    {
        string client = Text(step, "datagram")!;
        string to = Text(step, "to") ?? _service;
        string? picked = Text(step, "picked");
        string answer = _director.Answer(Wire.Udp(client, to, "hello"));
        if (picked is null)
        {
            Assert.True(!answer.EndsWith("UDP", StringComparison.Ordinal), $"{what}: {answer}");
            return;
        }

        Assert.True(answer == $"{client} > {picked} UDP", $"{what}: {answer}");
        string reply = _director.Answer(Wire.Udp(picked, client, "there"));
        Assert.True(reply == $"{ReplyFrom(step, to)} > {client} UDP", $"{what}: {reply}");
    }

    /// <summary>The one deviation: with one-packet scheduling the kernel leaves replies as they are, which no client accepts; ours come from the service.</summary>
    private string ReplyFrom(JsonElement step, string to) => _onePacket ? to : Text(step, "reply_from")!;

    private void Command(JsonElement step, string what)
    {
        bool done = IpvsadmCommands.Run(_director, Text(step, "ipvsadm")!) == ServiceOutcome.Done;
        Assert.True(done == (step.GetProperty("exit").GetInt32() == 0), what);
    }

    private void Server(string command, JsonElement server, JsonElement step)
    {
        string Option(string option, string property) => step.TryGetProperty(property, out JsonElement value) ? $" {option} {value}" : "";
        string numbers = command == "-d" ? "" : $" -m{Option("-w", "weight")}{Option("-x", "upper")}{Option("-y", "lower")}";
        Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(_director, $"{command} {_named} -r {server.GetString()}{numbers}"));
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;
}
