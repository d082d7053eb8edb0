using System.Text.Json;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Plays what a kernel director was given and demands the same picks and the same counts after every event.</summary>
public sealed class SchedulerRecordTests
{
    public static TheoryData<string> Records() => [.. GoldenRecords.Names("schedulers").Where(IsForUs)];

    [Theory]
    [MemberData(nameof(Records))]
    public void Events_RecordOfKernel_SamePicksAndCounts(string name)
    {
        SchedulerReplay replay = new(GoldenRecords.Read($"schedulers/{name}.json"));
        replay.Run();
    }

    [Fact]
    public void Records_Folder_HoldsEachScheduler()
    {
        HashSet<string> recorded = [.. GoldenRecords.Names("schedulers").Select(n => GoldenRecords.Read($"schedulers/{n}.json").GetProperty("scheduler").GetString()!)];
        Assert.All(SchedulerNames.All, name => Assert.Contains(name, recorded));
    }

    /// <summary>Thresholds, one-packet scheduling, firewall marks and conn_reuse_mode 0 are not built yet.</summary>
    private static bool IsForUs(string name)
    {
        JsonElement record = GoldenRecords.Read($"schedulers/{name}.json");
        bool thresholds = record.GetProperty("servers").EnumerateArray().Any(s => s.GetProperty("upper").GetInt32() > 0);
        bool otherReuse = record.TryGetProperty("sysctls", out JsonElement sysctls)
            && sysctls.TryGetProperty("net.ipv4.vs.conn_reuse_mode", out JsonElement mode) && mode.GetInt32() != 1;
        return SchedulerNames.IsKnown(record.GetProperty("scheduler").GetString()!) && record.GetProperty("flags").GetArrayLength() == 0
            && !thresholds && !otherReuse && !record.TryGetProperty("one_packet", out _);
    }

    private sealed class SchedulerReplay
    {
        private readonly JsonElement _record;
        private readonly string _listen;
        private readonly string _vip;
        private readonly TestDirector _director = new();
        private readonly List<(string Address, int Weight)> _servers = [];
        private readonly Dictionary<string, (string Client, string Server)> _open = [];

        public SchedulerReplay(JsonElement record)
        {
            _record = record;
            _vip = record.GetProperty("service").GetString()!;
            _listen = $"{_vip}/{record.GetProperty("protocol").GetString()}";
            foreach (JsonElement server in record.GetProperty("servers").EnumerateArray())
            {
                _servers.Add((server.GetProperty("address").GetString()!, server.GetProperty("weight").GetInt32()));
            }
        }

        public void Run()
        {
            Apply();
            Assert.Equal(
                _record.GetProperty("kernel_order").EnumerateArray().Select(s => s.GetString()),
                _director.Servers(_listen).Select(s => s.Address.WithPort(s.Port)));
            int at = 0;
            foreach (JsonElement step in _record.GetProperty("events").EnumerateArray())
            {
                _director.Now++;
                Play(step, $"event {at++}: {step}");
                CheckCounts(step, at - 1);
            }
        }

        private void Play(JsonElement step, string what)
        {
            JsonProperty verb = step.EnumerateObject().First();
            switch (verb.Name)
            {
                case "open": Open(step, what); break;
                case "close": Close(verb.Value.GetString()!, step.TryGetProperty("by", out JsonElement by) ? by.GetString()! : "client"); break;
                case "datagram": Datagram(step, what); break;
                case "wait_seconds": _director.Wait(verb.Value.GetDouble()); break;
                case "ipvsadm": Timeouts(verb.Value.GetString()!); break;
                case "remove_server": _servers.RemoveAll(s => s.Address == verb.Value.GetString()); Apply(); break;
                case "add_server": _servers.Add((verb.Value.GetString()!, step.GetProperty("weight").GetInt32())); Apply(); break;
                case "set_weight": SetWeight(verb.Value.GetString()!, step.GetProperty("weight").GetInt32()); break;
                default: Assert.Fail($"Unknown event {verb.Name}"); break;
            }
        }

        private void Open(JsonElement step, string what)
        {
            string client = step.GetProperty("from").GetString()!;
            string? picked = step.GetProperty("picked").GetString();
            string answer = _director.Answer(Wire.Tcp(client, _vip, "S"));
            if (picked is null)
            {
                Assert.True(answer == $"{TestDirector.Vip} > {client.Split(':')[0]} ICMP 3/3", $"{what}: {answer}");
                return;
            }

            Assert.True(answer == $"{client} > {picked} S", $"{what}: {answer}");
            _director.Send(Wire.Tcp(picked, client, "SA"));
            _director.Send(Wire.Tcp(client, _vip, "A"));
            _open[step.GetProperty("open").GetString()!] = (client, picked);
        }

        private void Close(string name, string by)
        {
            (string client, string server) = _open[name];
            byte[][] farewell = by switch
            {
                "client" => [Wire.Tcp(client, _vip, "FA"), Wire.Tcp(server, client, "FA"), Wire.Tcp(client, _vip, "A")],
                "server" => [Wire.Tcp(server, client, "FA"), Wire.Tcp(client, _vip, "FA"), Wire.Tcp(server, client, "A")],
                "client-rst" => [Wire.Tcp(client, _vip, "RA")],
                _ => throw new InvalidOperationException(by),
            };
            Assert.All(farewell, packet => Assert.NotNull(_director.Send(packet)));
        }

        private void Datagram(JsonElement step, string what)
        {
            string client = step.GetProperty("datagram").GetString()!;
            string? picked = step.GetProperty("picked").GetString();
            string answer = _director.Answer(Wire.Udp(client, _vip, "hello"));
            if (picked is null)
            {
                Assert.True(!answer.EndsWith("UDP", StringComparison.Ordinal), $"{what}: {answer}");
                return;
            }

            Assert.True(answer == $"{client} > {picked} UDP", $"{what}: {answer}");
            string reply = _director.Answer(Wire.Udp(picked, client, "there"));
            Assert.True(reply == $"{step.GetProperty("reply_from").GetString()} > {client} UDP", $"{what}: {reply}");
        }

        private void Timeouts(string arguments)
        {
            double[] seconds = [.. arguments.Split(' ').Skip(1).Select(s => double.Parse(s, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.StartsWith("--set ", arguments, StringComparison.Ordinal);
            TimeSpan Or(double value, TimeSpan old) => value > 0 ? TimeSpan.FromSeconds(value) : old;
            ForwardingCoreOptions options = _director.Core.Options;
            _director.Core.Configure(options with
            {
                Timeouts = new()
                {
                    Tcp = Or(seconds[0], options.Timeouts.Tcp),
                    TcpFin = Or(seconds[1], options.Timeouts.TcpFin),
                    Udp = Or(seconds[2], options.Timeouts.Udp),
                },
            });
        }

        private void SetWeight(string address, int weight)
        {
            _servers[_servers.FindIndex(s => s.Address == address)] = (address, weight);
            Apply();
        }

        private void Apply() =>
            _director.Service(_listen, _record.GetProperty("scheduler").GetString()!, [.. _servers.Select(s => $"{s.Address} w{s.Weight}")]);

        private void CheckCounts(JsonElement step, int at)
        {
            string expected = string.Join(" ", step.GetProperty("conns").EnumerateObject().Select(c => $"{c.Name}={c.Value[0]}/{c.Value[1]}"));
            string actual = string.Join(" ", _director.Servers(_listen).Select(s => $"{s.Address.WithPort(s.Port)}={s.ActiveConnections}/{s.InactiveConnections}"));
            Assert.True(expected == actual, $"counts after event {at} {step}\nexpected {expected}\nactual   {actual}");
        }
    }
}
