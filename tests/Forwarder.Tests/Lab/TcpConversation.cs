namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>A real TCP connection as the director sees it, with right sequence numbers: handshake, and an end of one of three kinds.</summary>
internal sealed class TcpConversation(TestDirector director, string client, string @virtual)
{
    private const uint ClientStart = 1000;
    private const uint ServerStart = 5000;
    private string _server = "";

    /// <summary>The server that took the SYN; null: the director answered, see <see cref="Answer"/>.</summary>
    public string? Server => _server.Length == 0 ? null : _server;

    /// <summary>What the client got instead.</summary>
    public string Answer { get; private set; } = "";

    /// <param name="serverRefuses">The server resets what it is sent.</param>
    public string? Open(bool serverRefuses = false)
    {
        Answer = director.Answer(Wire.Tcp(client, @virtual, "S", seq: ClientStart));
        string[] words = Answer.Split(' ');
        if (words is not [var from, ">", var to, "S"] || from != client)
        {
            return null;
        }

        _server = to;
        if (serverRefuses)
        {
            FromServer("RA", 0, ClientStart + 1);
            return null;
        }

        FromServer("SA", ServerStart, ClientStart + 1);
        FromClient("A", ClientStart + 1, ServerStart + 1);
        return _server;
    }

    public void Close(string by)
    {
        switch (by)
        {
            case "client":
                FromClient("FA", ClientStart + 1, ServerStart + 1);
                FromServer("FA", ServerStart + 1, ClientStart + 2);
                FromClient("A", ClientStart + 2, ServerStart + 2);
                break;
            case "server":
                FromServer("FA", ServerStart + 1, ClientStart + 1);
                FromClient("FA", ClientStart + 1, ServerStart + 2);
                FromServer("A", ServerStart + 2, ClientStart + 2);
                break;
            case "client-rst":
                FromClient("RA", ClientStart + 1, ServerStart + 1);
                break;
            default:
                throw new InvalidOperationException($"Unknown way to close: {by}");
        }
    }

    public void FromClient(string flags, uint seq, uint ack) =>
        Assert.Equal($"{client} > {_server} {Shown(flags)}", director.Answer(Wire.Tcp(client, @virtual, flags, seq: seq, ack: ack)));

    public void FromServer(string flags, uint seq, uint ack) =>
        Assert.Equal($"{@virtual} > {client} {Shown(flags)}", director.Answer(Wire.Tcp(_server, client, flags, seq: seq, ack: ack)));

    private static string Shown(string flags) => string.Concat("FSRPA".Where(flags.Contains));
}
