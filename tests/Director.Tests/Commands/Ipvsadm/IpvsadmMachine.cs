using System.Globalization;
using HaLvs.Director.Commands.Ipvsadm.Execution;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>A director's core with ipvsadm on it and a clock of its own; carries out what the records call actions.</summary>
internal sealed class IpvsadmMachine
{
    private readonly byte[] _frame = new byte[ForwardingCore.FrameBytes];
    private readonly CoreServiceTable _table;
    private readonly INameSource _names = new SystemNames("/etc/hosts", "/etc/services", asksDns: false);

    public IpvsadmMachine(ForwardingCoreOptions? options = null)
    {
        Core = new ForwardingCore(options ?? new ForwardingCoreOptions { Capacity = 4096, VirtualAddresses = [Ip.Parse("192.0.2.100")], Seed = 42 });
        _table = new CoreServiceTable(Core, () => Now);
        Core.Tick(Now);
    }

    public ForwardingCore Core { get; }

    public long Now { get; private set; } = 1_000_000;

    public int Transactions => _table.Transactions;

    /// <param name="command">"ipvsadm -L -n"; words are parted by blanks.</param>
    public async Task<(string Output, string Error, int Exit)> RunAsync(string command, string input = "")
    {
        using StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using StringWriter error = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using StringReader stdin = new(input);
        IpvsadmProgram program = new(_table, _names, stdin, output, error);
        int exit = await program.RunAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..], CancellationToken.None);
        return (output.ToString(), error.ToString(), exit);
    }

    /// <summary>A packet from the wire. Null: nothing came out.</summary>
    public byte[]? Send(byte[] packet)
    {
        Array.Clear(_frame, 0, ForwardingCore.VirtioHeaderBytes);
        if (packet.Length > 1500)
        {
            // A segment that the kernel has not cut yet (struct virtio_net_hdr): checksum to be made, TCPv4, 40 bytes of headers, 1460 each.
            ((ReadOnlySpan<byte>)[1, 1, 40, 0, 0xb4, 0x05, 20, 0, 16, 0]).CopyTo(_frame);
        }

        packet.CopyTo(_frame, ForwardingCore.VirtioHeaderBytes);
        int length = Core.Process(_frame, ForwardingCore.VirtioHeaderBytes + packet.Length, Now);
        return length == 0 ? null : _frame[ForwardingCore.VirtioHeaderBytes..length];
    }

    public void Wait(double seconds)
    {
        long until = Now + (long)(seconds * 1000);
        while (Now < until)
        {
            Now = Math.Min(Now + 100, until);
            Core.Tick(Now);
        }
    }
}
