using System.Text;
using HaLvs.Forwarder.Helpers;

namespace HaLvs.Benchmarks.Packets;

/// <summary>One line of an FTP control connection.</summary>
public class FtpLineBenchmarks
{
    private readonly byte[] _port = Encoding.ASCII.GetBytes("PORT 198,51,100,7,195,80\r\n");
    private readonly byte[] _other = Encoding.ASCII.GetBytes("RETR /pub/some/file/of/usual/length.tar.gz\r\n");
    private readonly byte[] _passive = Encoding.ASCII.GetBytes("227 Entering Passive Mode (10,0,0,2,195,80).\r\n");
    private readonly byte[] _extended = Encoding.ASCII.GetBytes("229 Entering Extended Passive Mode (|||50000|)\r\n");

    [Benchmark]
    public bool CommandPort() => FtpCommand.Read(_port, v4: true).Verb == FtpVerb.Active;

    [Benchmark]
    public bool CommandOfAnotherKind() => FtpCommand.Read(_other, v4: true).Verb == FtpVerb.Other;

    [Benchmark]
    public bool ReplyPassive() => FtpReply.Read(_passive, extended: false, v4: true).HasAddress;

    [Benchmark]
    public int ReplyExtended() => FtpReply.Read(_extended, extended: true, v4: true).Port;
}
