using System.Net.Sockets;
using HaLvs.Director.Control;

namespace HaLvs.Director.Tests.Control;

public class ControlClientTests
{
    [Fact]
    public async Task Status_NoSocket_SaysNoDirectorAndWhatToDo()
    {
        using ControlClient client = new("/tmp/halvs-there-is-no-such.sock");

        ControlSocketException e = await Assert.ThrowsAsync<ControlSocketException>(() => client.StatusAsync(CancellationToken.None));

        Assert.Equal("no director runs at /tmp/halvs-there-is-no-such.sock; start it (systemctl start halvs), or name its socket with --socket or HALVS_SOCKET", e.Message);
    }

    [Fact]
    public async Task Status_NobodyAnswers_EndsWithinTheDeadline()
    {
        string folder = Directory.CreateTempSubdirectory("halvs-mute-").FullName;
        try
        {
            string path = Path.Combine(folder, "control.sock");
            using Socket mute = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            mute.Bind(new UnixDomainSocketEndPoint(path));
            mute.Listen();
            using ControlClient client = new(path);

            ControlSocketException e = await Assert.ThrowsAsync<ControlSocketException>(() => client.StatusAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));

            Assert.Contains("does not answer", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "permission denied on /s: run as root")]
    [InlineData(SocketError.ConnectionRefused, "no director runs at /s (the socket is left over")]
    public void Explain_ConnectFailure_OneLineWithTheWayOut(SocketError error, string expected) => Assert.StartsWith(
        expected,
        ControlFailure.Explain("/s", new Grpc.Core.RpcException(Grpc.Core.Status.DefaultCancelled), new SocketException((int)error)),
        StringComparison.Ordinal);
}
