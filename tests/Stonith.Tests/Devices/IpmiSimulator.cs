using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HaLvs.Stonith.Devices;

namespace HaLvs.Stonith.Tests.Devices;

/// <summary>A real IPMI 2.0 controller (OpenIPMI's ipmi_sim) on loopback, with a shell script for its chassis.</summary>
internal sealed class IpmiSimulator : IDisposable
{
    public const string Password = "Sim-Secret-4711";

    private readonly ScratchFolder _folder = new();
    private readonly Process _process;

    private IpmiSimulator(string onSet)
    {
        Port = FreeUdpPort();
        File.WriteAllText(PowerFile, "1");
        var chassis = _folder.Script("chassis", Chassis(onSet));
        var lan = _folder.File("lan.conf", Lan(chassis));
        var machine = _folder.File("machine.emu", Machine);
        _process = Process.Start(new ProcessStartInfo("/usr/bin/ipmi_sim", ["-c", lan, "-f", machine, "-s", _folder.Path, "-n"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Takes the power state that is asked for.</summary>
    public const string Obeys = "echo $2 > $S";

    public int Port { get; }

    public bool IsOn => File.ReadAllText(PowerFile).Trim() == "1";

    private string PowerFile => Path.Combine(_folder.Path, "power");

    /// <param name="onSet">Shell: what happens on "power $2"; $S is the file with the state.</param>
    public static async Task<IpmiSimulator> StartAsync(string onSet = Obeys)
    {
        var simulator = new IpmiSimulator(onSet);
        await Eventually.TrueAsync(() => IsBound(simulator.Port), "ipmi_sim listens");
        return simulator;
    }

    public FenceDeviceConfig Config(string password = Password) => new()
    {
        Target = "director-a",
        Type = "ipmi",
        Address = "127.0.0.1",
        Port = Port,
        User = "admin",
        PasswordFile = _folder.File("password-" + password, password + "\n"),
    };

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    public static int FreeUdpPort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    /// <summary>proc(5), /proc/net/udp: the local port is hexadecimal.</summary>
    private static bool IsBound(int port) => File.ReadAllText("/proc/net/udp").Contains($":{port:X4} ", StringComparison.Ordinal);

    private string Chassis(string onSet) => $$"""
        S={{PowerFile}}
        shift; action=$1; shift
        case $action in
          get) for v in "$@"; do [ $v = power ] && echo "power:$(cat $S)" || echo "$v:0"; done;;
          set) while [ $# -gt 0 ]; do [ "$1" = power ] && { {{onSet}}; }; shift 2; done;;
        esac
        exit 0
        """;

    private string Lan(string chassis) => $"""
        name "halvs-test"
        set_working_mc 0x20
          startlan 1
            addr 127.0.0.1 {Port}
            priv_limit admin
            allowed_auths_callback none md2 md5 straight
            allowed_auths_user none md2 md5 straight
            allowed_auths_operator none md2 md5 straight
            allowed_auths_admin none md2 md5 straight
            guid a123456789abcdefa123456789000001
          endlan
          chassis_control "{chassis} 0x20"
          user 2 true  "admin"   "{Password}" admin    10       none md2 md5 straight

        """;

    private const string Machine = """
        mc_setbmc 0x20
        mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
        sel_enable 0x20 1000 0x0a
        mc_enable 0x20

        """;
}
