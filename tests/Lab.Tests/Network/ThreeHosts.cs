using HaLvs.Lab.Tests.Observations;

namespace HaLvs.Lab.Tests.Network;

/// <summary>
/// The smallest LVS-NAT network, with a single director and no lab: client, director and real server in a namespace each, joined by two veth pairs.
/// The director begins without a service; <see cref="DisposeAsync"/> leaves nothing behind.
/// </summary>
public sealed class ThreeHosts : IAsyncDisposable
{
    public const string Virtual = "198.51.100.110";
    public const string Virtual6 = "2001:db8:110::1";
    public const string Server = "172.16.0.2";
    public const string Server6 = "fd00:16::2";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _prefix = $"halvs3-{Environment.ProcessId}";
    private readonly string _folder = Directory.CreateTempSubdirectory("halvs-three-").FullName;

    private ThreeHosts()
    {
    }

    private static string Program { get; } = Path.Combine(LabNetwork.Artifacts, "halvs", "halvs");

    private string Socket => $"{_folder}/control.sock";

    public static async Task<ThreeHosts> BeginAsync()
    {
        ThreeHosts hosts = new();
        try
        {
            await hosts.BuildAsync();
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }

        return hosts;
    }

    /// <summary>Runs a script in a host; its output, or a failed test.</summary>
    /// <param name="host">client, director or server.</param>
    public async Task<string> RunAsync(string host, string script) => (await Command.RunAsync("ip", InHost(host, script), Deadline)).OutputOrFail();

    public System.Diagnostics.Process Start(string host, string script) => Command.Start("ip", InHost(host, script));

    /// <summary>halvs ipvsadm on the director.</summary>
    public Task<string> IpvsadmAsync(string arguments) => RunAsync("director", $"HALVS_SOCKET={Socket} {Program} ipvsadm {arguments}");

    /// <summary>Ends everything in the three namespaces, then the namespaces.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in new[] { "client", "director", "server" })
        {
            await Command.RunAsync("bash", ["-c", $"kill -KILL $(ip netns pids {_prefix}-{host}) 2>/dev/null; ip netns delete {_prefix}-{host}"], Deadline);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task BuildAsync()
    {
        await File.WriteAllTextAsync($"{_folder}/halvs.toml", Configuration(_folder));
        (await Command.RunAsync(Program, ["keygen", "--directory", _folder, "--cluster", "self", "--node", "director"], Deadline)).OutputOrFail();
        (await Command.RunAsync("bash", ["-c", Network($"{_prefix}-client", $"{_prefix}-director", $"{_prefix}-server")], Deadline)).OutputOrFail();
        await RunAsync("director", $"setsid {Program} run --config {_folder}/halvs.toml --node director --state-directory {_folder}/state --socket {Socket} >{_folder}/log 2>&1 </dev/null &");
        await Wait.UntilAsync("the single director serves", Deadline, ServesAsync);
    }

    private async Task<bool> ServesAsync()
    {
        return File.Exists(Socket) && (await RunAsync("director", $"{Program} status --socket {Socket}")).Contains("ACTIVE", StringComparison.Ordinal);
    }

    private static string Configuration(string folder) =>
        $"""
        [cluster]
        name = "self"
        key-file = "{folder}/cluster.key"
        [network]
        external = "eth0"
        internal = "eth1"
        virtual-addresses = ["{Virtual}/32", "{Virtual6}/128"]
        gateway = "172.16.0.1/24"
        gateway6 = "fd00:16::1/64"
        [heartbeat]
        start = "1s"
        [[node]]
        name = "director"
        """;

    private static string Network(string client, string director, string server) =>
        $"""
        set -e
        for host in {client} {director} {server}; do
            ip netns add $host
            ip netns exec $host sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
            ip -n $host link set lo up
        done
        ip -n {client} link add eth0 type veth peer name eth0 netns {director}
        ip -n {server} link add eth0 type veth peer name eth1 netns {director}
        ip -n {client} address add 192.0.2.2/24 dev eth0
        ip -n {client} address add 2001:db8:2::2/64 dev eth0
        ip -n {director} address add 192.0.2.1/24 dev eth0
        ip -n {director} address add 2001:db8:2::1/64 dev eth0
        ip -n {director} address add 172.16.0.9/24 dev eth1
        ip -n {director} address add fd00:16::9/64 dev eth1
        ip -n {server} address add {Server}/24 dev eth0
        ip -n {server} address add {Server6}/64 dev eth0
        ip -n {client} link set eth0 up
        ip -n {director} link set eth0 up
        ip -n {director} link set eth1 up
        ip -n {server} link set eth0 up
        ip -n {client} route add {Virtual} via 192.0.2.1
        ip -n {client} -6 route add {Virtual6} via 2001:db8:2::1
        ip -n {server} route add default via 172.16.0.1
        ip -n {server} -6 route add default via fd00:16::1
        """;

    private string[] InHost(string host, string script) => ["netns", "exec", $"{_prefix}-{host}", "bash", "-c", script];
}
