using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Linux;

namespace HaLvs.Director.Tests.Effects;

/// <summary>
/// The article's network in small: client and server, two directors, an outer and an inner bridge, each in a network namespace of this test's
/// own. Interfaces are "ext" and "int" in the directors and "eth" in client and server. Needs root; everything is gone afterwards.
/// </summary>
internal sealed class TwoDirectorsNetwork : IDisposable
{
    public static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.100");
    public static readonly IPAddress Gateway = IPAddress.Parse("10.0.0.1");
    public static readonly IPAddress Virtual6 = IPAddress.Parse("2001:db8::100");
    public static readonly IPAddress Gateway6 = IPAddress.Parse("fd00:10::1");

    private static readonly string[] Hosts = ["a", "b", "client", "server", "bridge"];
    private static int _count;
    private readonly string _prefix = $"ht{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-";
    private readonly string _journals = Directory.CreateTempSubdirectory("halvs-takeover-").FullName;

    public TwoDirectorsNetwork()
    {
        foreach (string host in Hosts)
            Shell($"ip netns add {Name(host)} && ip -n {Name(host)} link set lo up");
        Ip("bridge", "link add out type bridge");
        Ip("bridge", "link add in type bridge");
        Ip("bridge", "link set out up");
        Ip("bridge", "link set in up");
        Plug("client", "eth", "out", "192.0.2.10/24", "2001:db8::10/64");
        Plug("server", "eth", "in", "10.0.0.2/24", "fd00:10::2/64");
        foreach ((string host, string own) in new[] { ("a", "251"), ("b", "252") })
        {
            Plug(host, "ext", "out", $"192.0.2.{own}/24", $"2001:db8::{own}/64");
            Plug(host, "int", "in", $"10.0.0.{own}/24", $"fd00:10::{own}/64");
        }

        Ip("server", "route add default via 10.0.0.1");
        Ip("server", "-6 route add default via fd00:10::1");
    }

    public static NetworkModel Model { get; } = new()
    {
        External = "ext",
        Internal = "int",
        VirtualAddresses = ImmutableArray.Create(Virtual, Virtual6),
        Gateway = Gateway,
        GatewayPrefixLength = 24,
        Gateway6 = Gateway6,
        Gateway6PrefixLength = 64,
    };

    /// <summary>False, with the reason in the output, where the test cannot make namespaces.</summary>
    public static bool Possible(Action<string> output)
    {
        if (Environment.IsPrivilegedProcess)
            return true;
        output("not run: network namespaces need root");
        return false;
    }

    public string Name(string host) => _prefix + host;

    public string Ip(string host, string arguments) => Shell($"ip -n {Name(host)} {arguments}");

    public string In(string host, string command) => Shell($"ip netns exec {Name(host)} {command}");

    public string HardwareAddress(string host, string device) => Ip(host, $"-o link show {device}").Split("link/ether ")[1].Split(' ')[0];

    /// <summary>Opens the TUN and prepares a takeover inside the host; sockets stay there whichever thread uses them.</summary>
    public FakeDirector Start(string host)
    {
        FakeDirector? director = null;
        NetworkNamespace.Run(Name(host), () => director = new FakeDirector(Name(host), Model, Journal(host)));
        return director!;
    }

    public string Journal(string host) => Path.Combine(_journals, host);

    public void Dispose()
    {
        foreach (string host in Hosts)
            Shell($"ip netns delete {Name(host)} || true");
        Directory.Delete(_journals, recursive: true);
    }

    public static string Shell(string command)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {errors.Result}");
    }

    private void Plug(string host, string device, string bridge, string address, string address6)
    {
        string port = $"{host}-{device}";
        Shell($"ip -n {Name(host)} link add {device} type veth peer name {port} netns {Name("bridge")}");
        Ip("bridge", $"link set {port} master {bridge} up");
        Ip(host, $"link set {device} up");
        Ip(host, $"address add {address} dev {device}");
        Ip(host, $"address add {address6} dev {device} nodad");
    }
}
