using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Plays persistence as a kernel director did it: the same servers, counts, templates and connections after every event.</summary>
public sealed class PersistenceRecordTests
{
    public static TheoryData<string> Records() => [.. GoldenRecords.Names("persistence")];

    [Theory]
    [MemberData(nameof(Records))]
    public void Events_RecordOfKernel_SameServersCountsAndTemplates(string name)
    {
        int played = new Replay(GoldenRecords.Read($"persistence/{name}.json")).Run();
        Assert.True(played > 0, "The record held no events.");
    }

    private sealed class Replay
    {
        private readonly JsonElement _record;
        private readonly string _service;
        private readonly ServiceKey _key;
        private readonly TestDirector _director;
        private readonly long _start;
        private readonly Dictionary<string, TcpConversation> _open = [];

        public Replay(JsonElement record)
        {
            _record = record;
            string firewall = record.TryGetProperty("firewall", out JsonElement rules) ? rules.GetString()! : "";
            _director = new(o => o with { MarkRules = [.. MarkRuleText.Parse(firewall)] });
            _start = _director.Now;
            _service = record.GetProperty("service").GetString()!;
            string setup = record.GetProperty("setup")[0].GetString()!;
            _key = IpvsadmCommands.KeyOf(setup);
        }

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

            Assert.Equal(_record.GetProperty("kernel_order").EnumerateArray().Select(s => s.GetString()), Servers(_key).Select(NameOf));
            int at = 0;
            foreach (JsonElement step in _record.GetProperty("events").EnumerateArray())
            {
                ReachTime(step.GetProperty("t").GetDouble());
                Play(step, $"event {at++}: {step}");
            }

            return at;
        }

        /// <summary>The time of an event is when it was over; all but waits took next to none.</summary>
        private void ReachTime(double seconds)
        {
            _director.Wait(Math.Max((_start - _director.Now + (long)(seconds * 1000)) / 1000.0, 0));
            _director.Now++;
            _director.Core.Tick(_director.Now);
        }

        private void Play(JsonElement step, string what)
        {
            JsonProperty verb = step.EnumerateObject().First();
            switch (verb.Name)
            {
                case "open": Open(step, what); break;
                case "close": _open[verb.Value.GetString()!].Close(step.TryGetProperty("by", out JsonElement by) ? by.GetString()! : "client"); break;
                case "datagram": Datagram(step, what); break;
                case "wait_seconds": break;
                case "ipvsadm": Command(step, what); break;
                case "sysctl": KernelSettings.Set(_director, verb.Value.GetString()!, step.GetProperty("value").GetInt32()); break;
                case "remove_server": Server("-d", verb.Value, step); break;
                case "add_server": Server("-a", verb.Value, step); break;
                case "set_weight": Server("-e", verb.Value, step); break;
                case "edit_server": Server("-e", verb.Value, step); break;
                case "t": CheckTemplates(step, what); break;
                default: Assert.Fail($"Unknown event {verb.Name} in {what}"); break;
            }

            if (step.TryGetProperty("conns", out JsonElement counts))
            {
                _director.Core.Tick(_director.Now);
                CheckCounts(counts, what);
            }
        }

        private void Open(JsonElement step, string what)
        {
            string to = step.TryGetProperty("to", out JsonElement end) ? end.GetString()! : _service;
            string? picked = step.GetProperty("picked").GetString();
            TcpConversation conversation = new(_director, step.GetProperty("from").GetString()!, to);
            Assert.True(conversation.Open(serverRefuses: picked is null) == picked, $"{what}: {conversation.Server} {conversation.Answer}");
            Assert.True(picked is not null || step.GetProperty("error").GetString() == "ECONNREFUSED", what);
            _open[step.GetProperty("open").GetString()!] = conversation;
        }

        private void Datagram(JsonElement step, string what)
        {
            string client = step.GetProperty("datagram").GetString()!;
            string to = step.TryGetProperty("to", out JsonElement end) ? end.GetString()! : _service;
            string? picked = step.GetProperty("picked").GetString();
            string answer = _director.Answer(Wire.Udp(client, to, "hello"));
            if (picked is null)
            {
                Assert.True(!answer.EndsWith("UDP", StringComparison.Ordinal), $"{what}: {answer}");
                return;
            }

            Assert.True(answer == $"{client} > {picked} UDP", $"{what}: {answer}");
            string reply = _director.Answer(Wire.Udp(picked, client, "there"));
            Assert.True(reply == $"{step.GetProperty("reply_from").GetString()} > {client} UDP", $"{what}: {reply}");
        }

        private void Command(JsonElement step, string what)
        {
            bool done = IpvsadmCommands.Run(_director, step.GetProperty("ipvsadm").GetString()!) == ServiceOutcome.Done;
            Assert.True(done == (step.GetProperty("exit").GetInt32() == 0), what);
        }

        private void Server(string command, JsonElement server, JsonElement step)
        {
            string Option(string option, string property) => step.TryGetProperty(property, out JsonElement value) ? $" {option} {value}" : "";
            string named = _key.Mark != 0 ? $"-f {_key.Mark}{(_key.Address.IsV4 ? "" : " -6")}" : $"{_record.GetProperty("setup")[0].GetString()!.Split(' ')[2]} {_service}";
            string text = $"{command} {named} -r {server.GetString()}{(command == "-d" ? "" : " -m")}{Option("-w", "weight")}{Option("-x", "upper")}{Option("-y", "lower")}";
            Assert.Equal(ServiceOutcome.Done, IpvsadmCommands.Run(_director, text));
        }

        private ImmutableArray<ServerSnapshot> Servers(ServiceKey key) =>
            _director.Core.SnapshotServices().FirstOrDefault(s => s.Key == key)?.Servers ?? [];

        private static string NameOf(ServerSnapshot server) => server.Address.WithPort(server.Port);

        private void CheckCounts(JsonElement counts, string what)
        {
            string expected = string.Join(" ", counts.EnumerateObject().Select(c => $"{c.Name}={c.Value[0]}/{c.Value[1]}").Order(StringComparer.Ordinal));
            bool several = counts.EnumerateObject().Any(c => c.Name.Contains("->", StringComparison.Ordinal));
            IEnumerable<string> lines = several
                ? _director.Core.SnapshotServices().SelectMany(s => s.Servers.Select(r => $"{Prefix(s)} -> {Counted(r)}"))
                : Servers(_key).Select(Counted);
            string actual = string.Join(" ", lines.Order(StringComparer.Ordinal));
            Assert.True(expected == actual, $"counts after {what}\nexpected {expected}\nactual   {actual}");
        }

        private static string Prefix(ServiceSnapshot service) => service.Mark != 0
            ? $"FWM {service.Mark}"
            : $"{service.Protocol.ToString().ToUpperInvariant()} {service.Address.WithPort(service.Port)}";

        private static string Counted(ServerSnapshot server) => $"{NameOf(server)}={server.ActiveConnections}/{server.InactiveConnections}";

        private void CheckTemplates(JsonElement step, string what)
        {
            ConnectionRecord[] all = [.. _director.Connections()];
            string[] expected = [.. step.GetProperty("templates").EnumerateArray().Select(Text).Order(StringComparer.Ordinal)];
            ConnectionRecord[] templates = [.. all.Where(c => c.Kind == ConnectionKind.Template).OrderBy(Text, StringComparer.Ordinal)];
            Assert.Equal(expected, templates.Select(Text));
            Assert.True(all.Length - templates.Length == step.GetProperty("connections").GetInt32(), what);
            CheckTimes(step.GetProperty("templates"), templates, what);
        }

        /// <summary>Whole seconds rounded down; the kernel's timers and the recorder's clock are coarse, so one second more or less is the same.</summary>
        private static void CheckTimes(JsonElement expected, ConnectionRecord[] templates, string what)
        {
            foreach (ConnectionRecord template in templates)
            {
                int[] times = [.. expected.EnumerateArray().Where(t => Text(t) == Text(template)).Select(t => t.GetProperty("expires").GetInt32())];
                Assert.True(times.Any(t => Math.Abs(t - (template.RemainingMilliseconds / 1000.0)) <= 1.3), $"{what}: {Text(template)} expires in {template.RemainingMilliseconds} ms");
            }
        }

        private static string Text(JsonElement template) =>
            string.Join(' ', new[] { "pro", "client", "virtual", "server", "state" }.Select(property => template.GetProperty(property).GetString()));

        private static string Text(ConnectionRecord template) => string.Create(CultureInfo.InvariantCulture,
            $"{(template.Protocol == 0 ? "IP" : template.Protocol.ToString().ToUpperInvariant())} {template.Client.WithPort(template.ClientPort)} "
            + $"{template.Virtual.WithPort(template.VirtualPort)} {template.Server.WithPort(template.ServerPort)} {template.State.ToString().ToUpperInvariant()}");
    }
}
