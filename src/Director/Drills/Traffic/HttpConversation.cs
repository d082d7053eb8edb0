using System.Globalization;
using System.Net;
using System.Text;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>GET / over a kept-alive connection, one request at a time (RFC 9112). Understands answers with Content-Length; that is enough for a page made for tests.</summary>
internal sealed class HttpConversation(IPEndPoint target, uint connection) : Conversation
{
    private const int MaximumHeaderBytes = 8_192;

    private readonly byte[] _header = new byte[MaximumHeaderBytes];
    private int _headerLength;
    private long _bodyLeft = -1;
    private bool _statusWrong;
    private bool _closes;
    private long _written;
    private long _read;

    public override bool CanWrite => !OwesAnswer;

    public override bool OwesAnswer => Volatile.Read(ref _read) < Volatile.Read(ref _written);

    public override int Write(Span<byte> destination)
    {
        int length = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"GET / HTTP/1.1\r\nHost: {target}\r\nUser-Agent: halvs-traffic\r\nX-Message: {connection}.{_written}\r\n\r\n"), destination);
        Volatile.Write(ref _written, _written + 1);
        return length;
    }

    public override Reading Read(ReadOnlySpan<byte> received)
    {
        int answers = 0;
        int corrupted = 0;
        while (received.Length > 0 || _bodyLeft == 0)
        {
            if (_bodyLeft < 0)
            {
                if (!OwesAnswer)
                {
                    return new Reading(answers, corrupted + 1, Broken: "an answer came to no request");
                }

                received = received[TakeHeader(received, out string? broken)..];
                if (broken is not null)
                {
                    return new Reading(answers, corrupted + 1, Broken: broken);
                }

                continue;
            }

            int body = (int)Math.Min(received.Length, _bodyLeft);
            received = received[body..];
            _bodyLeft -= body;
            if (_bodyLeft == 0)
            {
                answers += _statusWrong ? 0 : 1;
                corrupted += _statusWrong ? 1 : 0;
                EndAnswer();
            }
        }

        return new Reading(answers, corrupted, _closes);
    }

    private void EndAnswer()
    {
        _bodyLeft = -1;
        _headerLength = 0;
        Volatile.Write(ref _read, _read + 1);
    }

    /// <summary>Takes bytes into the header until its empty line; returns how many it took.</summary>
    private int TakeHeader(ReadOnlySpan<byte> received, out string? broken)
    {
        broken = null;
        int before = _headerLength;
        int room = Math.Min(received.Length, MaximumHeaderBytes - _headerLength);
        received[..room].CopyTo(_header.AsSpan(_headerLength));
        int end = _header.AsSpan(0, before + room).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            _headerLength += room;
            broken = _headerLength == MaximumHeaderBytes ? $"an HTTP header longer than {MaximumHeaderBytes} bytes" : null;
            return room;
        }

        broken = Understand(Encoding.ASCII.GetString(_header, 0, end));
        return end + 4 - before;
    }

    private string? Understand(string header)
    {
        string[] lines = header.Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return "an answer that is not HTTP/1";
        }

        _statusWrong = !lines[0].AsSpan(8).TrimStart().StartsWith("200", StringComparison.Ordinal);
        _closes = Value(lines, "Connection") is { } connectionHeader && connectionHeader.Equals("close", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(Value(lines, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out _bodyLeft)
            ? null
            : "an answer without Content-Length; let the server send a plain page";
    }

    private static string? Value(string[] lines, string name) => lines
        .Where(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase) && l.Length > name.Length && l[name.Length] == ':')
        .Select(l => l[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
