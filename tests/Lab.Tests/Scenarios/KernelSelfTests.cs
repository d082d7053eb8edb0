using HaLvs.Lab.Tests.Network;
using HaLvs.Lab.Tests.Observations;

namespace HaLvs.Lab.Tests.Scenarios;

/// <summary>
/// The scenario that the kernel tests its own LVS with, its NAT part (tools/testing/selftests/net/netfilter/ipvs.sh): three namespaces, services made
/// by the ipvsadm command line on a director that began without any, and 32 random bytes from socat to socat. Here in both families.
/// </summary>
[Collection(OneLab.Name)]
public sealed class KernelSelfTests
{
    private const int Bytes = 32;

    [LabTheory]
    [InlineData(ThreeHosts.Virtual, ThreeHosts.Server, "")]
    [InlineData($"[{ThreeHosts.Virtual6}]", $"[{ThreeHosts.Server6}]", "6")]
    public async Task Nat_RandomBytesThroughTheVirtualAddress_ArriveUnchanged(string virtualAddress, string server, string family)
    {
        await using var hosts = await ThreeHosts.BeginAsync();
        await hosts.IpvsadmAsync($"-A -t {virtualAddress}:8080 -s rr");
        await hosts.IpvsadmAsync($"-a -m -t {virtualAddress}:8080 -r {server}:8080");

        using var listener = hosts.Start("server", $"timeout 10 socat -u TCP{family}-LISTEN:8080,reuseaddr STDOUT | xxd -p -c {Bytes}");
        await Wait.UntilAsync("socat listens", TimeSpan.FromSeconds(5),
            async () => (await hosts.RunAsync("server", "ss -Htln")).Contains(":8080", StringComparison.Ordinal));
        var sent = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Bytes));
        await hosts.RunAsync("client", $"echo {sent} | xxd -r -p | timeout 5 socat -u STDIN TCP{family}:{virtualAddress}:8080");

        Assert.Equal(sent, (await listener.StandardOutput.ReadToEndAsync()).Trim());
        Assert.Contains("Masq    1", await hosts.IpvsadmAsync("-L -n"), StringComparison.Ordinal);
    }
}
