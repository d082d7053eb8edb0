using System.Net.Sockets;
using HaLvs.Director.Control;

namespace HaLvs.Director.Tests.Control;

public sealed class ControlSocketClaimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("halvs-claim-").FullName;

    private string SocketPath => Path.Combine(_folder, "control.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_StaleSocket_Removed()
    {
        LeaveStale();
        using ControlSocketClaim claim = ControlSocketClaim.Take(SocketPath);

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void Take_SecondClaim_AnotherRunsHere()
    {
        using ControlSocketClaim first = ControlSocketClaim.Take(SocketPath);

        Assert.StartsWith("another halvs runs here", Assert.Throws<ControlSocketException>(() => ControlSocketClaim.Take(SocketPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_AfterDispose_Works()
    {
        ControlSocketClaim.Take(SocketPath).Dispose();
        ControlSocketClaim.Take(SocketPath).Dispose();
    }

    [Fact]
    public void Take_SomebodyAnswers_LeftAlone()
    {
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();

        Assert.StartsWith("another halvs runs here", Assert.Throws<ControlSocketException>(() => ControlSocketClaim.Take(SocketPath)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public void Take_OrdinaryFile_NeverRemoved()
    {
        File.WriteAllText(SocketPath, "somebody's");

        Assert.Contains("not a socket", Assert.Throws<ControlSocketException>(() => ControlSocketClaim.Take(SocketPath)).Message, StringComparison.Ordinal);
        Assert.Equal("somebody's", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void Take_PathTooLongForTheKernel_SaysSo()
    {
        string longPath = Path.Combine(_folder, new string('x', 120));

        Assert.Contains("longer than 107 bytes", Assert.Throws<ControlSocketException>(() => ControlSocketClaim.Take(longPath)).Message, StringComparison.Ordinal);
    }

    /// <summary>A socket file whose process is gone: what a crash leaves. The rename keeps .NET from deleting it on close.</summary>
    private void LeaveStale()
    {
        string born = SocketPath + ".born";
        using (Socket crashed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            crashed.Bind(new UnixDomainSocketEndPoint(born));
            crashed.Listen();
            File.Move(born, SocketPath);
        }

        Assert.True(File.Exists(SocketPath));
    }
}
