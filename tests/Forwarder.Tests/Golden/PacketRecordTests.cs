using System.Text.Json;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>Plays the packets that reached a kernel director, byte for byte, and demands the bytes that left it.</summary>
public sealed class PacketRecordTests
{
    /// <summary>Steps where the kernel's own routing answers, or where we do better on purpose: what must leave instead (null: nothing).</summary>
    private static readonly Dictionary<(string Record, string Step), string[]> Deviations = new()
    {
        // The kernel opens a connection on a stray SYN+ACK; a closed port resets it.
        [("no_server", "stray SYN/ACK to the service, no connection")] = ["192.0.2.100:80 > 192.0.2.11:40008 R"],

        // The kernel lets an ICMP error about nothing show the inside address.
        [("icmp_from_server", "quoting a packet of no known connection")] = [],
    };

    /// <summary>Packets that the record shows dropped because they came while the commands before the step were still running.</summary>
    private static readonly Dictionary<(string Record, string Step), string[]> AlsoLeaves = new()
    {
        [("service_deleted_other_remains", "1.5 s later")] = ["192.0.2.11:40001 > 10.0.0.3:80 A", "192.0.2.11:40001 > 10.0.0.3:80 PA"],
    };

    /// <summary>The kernel in front of the core answers TTL 1 itself.</summary>
    private static readonly string[] KernelsOwn = ["ttl 1 from the client", "ttl 1 from the server"];

    public static TheoryData<string> Records() =>
    [
        "icmp_from_client", "icmp_from_server", "no_server", "server_deleted", "service_deleted_other_remains", "tcp_half_close",
        "tcp_nat_port_change", "tcp_raw_headers", "udp_nat", "ftp_without_helper",
    ];

    [Theory]
    [MemberData(nameof(Records))]
    public void Packets_RecordOfKernel_SameBytes(string name)
    {
        JsonElement record = GoldenRecords.Read($"packets/{name}.json");
        PacketReplay replay = new(name, record);
        int played = replay.Run();
        Assert.True(played > 0, "The record held no packets.");
    }

    private sealed class PacketReplay(string name, JsonElement record)
    {
        private readonly TestDirector _director = new();
        private readonly List<byte[]> _left = [];
        private int _played;

        public int Run()
        {
            foreach (JsonElement command in record.GetProperty("setup").EnumerateArray())
            {
                IpvsadmCommands.Run(_director, command.GetString()!);
            }

            foreach (JsonElement step in record.GetProperty("steps").EnumerateArray())
            {
                _director.Now += 50;
                if (step.TryGetProperty("sysctl", out _))
                {
                    break; // What follows is about settings that we do not have.
                }

                Play(step);
            }

            return _played;
        }

        private void Play(JsonElement step)
        {
            if (step.TryGetProperty("ipvsadm", out JsonElement command))
            {
                IpvsadmCommands.Run(_director, command.GetString()!);
            }
            else if (step.TryGetProperty("connections", out JsonElement connections))
            {
                CheckConnections(connections);
            }
            else if (!KernelsOwn.Contains(step.GetProperty("step").GetString()))
            {
                PlayPackets(step, step.GetProperty("step").GetString()!);
            }
        }

        private void PlayPackets(JsonElement step, string what)
        {
            bool deviates = Deviations.TryGetValue((name, what), out string[]? instead);
            foreach (JsonElement packet in PacketsInOrder(step))
            {
                byte[] bytes = Convert.FromHexString(packet.GetProperty("hex").GetString()!);
                bool leaves = packet.GetProperty("dir").GetString()!.StartsWith("director", StringComparison.Ordinal);
                if (!leaves && !(deviates && packet.GetProperty("dir").GetString() == "server -> director" && name == "no_server"))
                {
                    Enter(bytes);
                }
                else if (leaves && !deviates)
                {
                    Claim(bytes, $"{what} {packet.GetProperty("n")}: {packet.GetProperty("what")}");
                }
            }

            if (deviates)
            {
                Assert.Equal(instead, _left.Select(p => Wire.Describe(p)));
                _left.Clear();
            }

            if (AlsoLeaves.TryGetValue((name, what), out string[]? also))
            {
                Assert.Equal(also, _left.Select(p => Wire.Describe(p)));
                _left.Clear();
            }

            Assert.True(_left.Count == 0, $"{what}: left too much: {string.Join(", ", _left.Select(Wire.Describe))}");
        }

        private void Enter(byte[] bytes)
        {
            _played++;
            _director.Now++;
            long passed = _director.Core.Counters.PassedPackets;
            if (_director.Send(bytes) is { } answer)
            {
                _left.Add(_director.Core.Counters.PassedPackets > passed ? WithOneHopMore(answer) : answer);
            }
        }

        /// <summary>A packet that is none of ours passes the core unchanged, so it pays both of the director's routing steps; the record's paid one.</summary>
        private static byte[] WithOneHopMore(byte[] packet)
        {
            packet[8]++;
            return Wire.WriteHeaderChecksum(packet);
        }

        private void Claim(byte[] expected, string what)
        {
            string wanted = Convert.ToHexString(Comparable(expected));
            int at = _left.FindIndex(p => Convert.ToHexString(Comparable(p)) == wanted);
            string got = string.Join("\n         ", _left.Select(p => Convert.ToHexString(Comparable(p))));
            Assert.True(at >= 0, $"{what}\nexpected {wanted}\nleft     {got}");
            _left.RemoveAt(at);
        }

        private static IEnumerable<JsonElement> PacketsInOrder(JsonElement step) =>
            new[] { "client_side", "server_side" }
                .Where(side => step.TryGetProperty(side, out _))
                .SelectMany(side => step.GetProperty(side).EnumerateArray())
                .OrderBy(packet => packet.GetProperty("n").GetInt32());

        /// <summary>
        /// The identification of a packet that the director made itself is its own affair, and so is the header checksum over it. In a quote
        /// we also correct the transport checksum (RFC 5508 section 4.2), which the kernel leaves stale.
        /// </summary>
        private static byte[] Comparable(byte[] packet)
        {
            byte[] copy = [.. packet];
            bool ownPacket = copy[9] == 1 && copy[8] == 64;
            if (ownPacket)
            {
                copy.AsSpan(4, 2).Clear();
                copy.AsSpan(10, 2).Clear();
            }

            bool quotes = copy[9] == 1 && copy[20] is 3 or 11 && !ownPacket;
            int quotedChecksum = quotes && copy[28 + 9] == 6 ? 28 + 20 + 16 : 28 + 20 + 6;
            if (quotes && copy.Length >= quotedChecksum + 2)
            {
                copy.AsSpan(quotedChecksum, 2).Clear();
                copy.AsSpan(22, 2).Clear();
            }

            return copy;
        }

        private void CheckConnections(JsonElement connections)
        {
            string[] expected = [.. connections.EnumerateArray()
                .Where(c => !(name == "no_server" && c.GetProperty("client").GetString() == "192.0.2.11:40008"))
                .Select(c => $"{c.GetProperty("pro")} {c.GetProperty("client")} {c.GetProperty("virtual")} {c.GetProperty("server")} {c.GetProperty("state")}")
                .Order(StringComparer.Ordinal)];
            string[] actual = [.. _director.Connections()
                .Select(c => $"{c.Protocol.ToString().ToUpperInvariant()} {c.Client.WithPort(c.ClientPort)} {c.Virtual.WithPort(c.VirtualPort)} {c.Server.WithPort(c.ServerPort)} {KernelNames.Of(c.State)}")
                .Order(StringComparer.Ordinal)];
            Assert.Equal(expected, actual);
        }
    }
}
