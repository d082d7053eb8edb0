using System.Net.Sockets;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// One TCP connection that must survive. <see cref="SendNext"/> belongs to the pacing thread; answers come on the socket engine's threads, one
/// completion at a time. Nothing is allocated per message.
/// </summary>
internal sealed class HeldConnection : IDisposable
{
    private readonly TrafficOptions _options;
    private readonly uint _number;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly byte[] _message = new byte[Conversation.MaximumMessageBytes];
    private Conversation _conversation;
    private Socket? _socket;
    private int _pendingOffset;
    private int _pendingLength;
    private string? _lost;
    private bool _closing;

    public HeldConnection(TrafficOptions options, uint number)
    {
        _options = options;
        _number = number;
        _conversation = Conversation.Create(options, number);
        _receive.SetBuffer(new byte[2_048]);
        _receive.Completed += (_, _) =>
        {
            if (TakeReceived())
            {
                Receive();
            }
        };
    }

    /// <summary>Null while it lives.</summary>
    public string? Lost => Volatile.Read(ref _lost);

    public long Answers { get; private set; }

    public long Corrupted { get; private set; }

    public long Renewed { get; private set; }

    public double LongestStallMilliseconds { get; private set; }

    public double LongestStallEnd { get; private set; }

    public double LastAnswer { get; private set; }

    public bool OwesAnswer => Lost is null && _conversation.OwesAnswer;

    /// <exception cref="SocketException">Refused, unreachable.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        Socket socket = new(_options.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_options.Target, cancel);
            socket.Blocking = false;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Volatile.Write(ref _socket, socket);
        Receive();
    }

    /// <summary>Sends the next message, or what the kernel did not take of the last one. A full send buffer is waiting, not loss.</summary>
    public void SendNext()
    {
        Socket? socket = Volatile.Read(ref _socket);
        if (socket is null || Lost is not null || (_pendingLength == 0 && !_conversation.CanWrite))
        {
            return;
        }

        if (_pendingLength == 0)
        {
            _pendingOffset = 0;
            _pendingLength = _conversation.Write(_message);
        }

        try
        {
            int sent = socket.Send(_message.AsSpan(_pendingOffset, _pendingLength), SocketFlags.None, out SocketError error);
            if (error is SocketError.Success)
            {
                _pendingOffset += sent;
                _pendingLength -= sent;
            }
            else if (error is not SocketError.WouldBlock)
            {
                Lose($"send: {error}");
            }
        }
        catch (ObjectDisposedException)
        {
            // The receiving side has just recorded why.
        }
    }

    /// <summary>What happens from here on is the end of the run, not loss.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _closing, true);
        Volatile.Read(ref _socket)?.Dispose();
        _receive.Dispose();
    }

    private void Receive()
    {
        try
        {
            while (Lost is null && Volatile.Read(ref _socket) is { } socket && !socket.ReceiveAsync(_receive))
            {
                if (!TakeReceived())
                {
                    return;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            Lose("closed");
        }
    }

    /// <summary>False when this socket is not to be read from any more.</summary>
    private bool TakeReceived()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            Lose(_receive.SocketError == SocketError.Success ? "closed by the other side" : $"receive: {_receive.SocketError}");
            return false;
        }

        Reading reading = _conversation.Read(_receive.MemoryBuffer.Span[.._receive.BytesTransferred]);
        Answers += reading.Answers;
        Corrupted += reading.Corrupted;
        if (reading.Answers > 0)
        {
            NoteAnswer(MonotonicClock.Milliseconds);
        }

        if (reading.Broken is { } broken)
        {
            Lose(broken);
            return false;
        }

        if (reading.Closes && !_conversation.OwesAnswer)
        {
            _ = RenewAsync();
            return false;
        }

        return true;
    }

    private void NoteAnswer(double now)
    {
        if (LastAnswer > 0 && now - LastAnswer > LongestStallMilliseconds)
        {
            LongestStallMilliseconds = now - LastAnswer;
            LongestStallEnd = now;
        }

        LastAnswer = now;
    }

    /// <summary>A web server ends a kept-alive connection after so many requests, and says so: that is not loss (RFC 9112 section 9.6).</summary>
    private async Task RenewAsync()
    {
        Interlocked.Exchange(ref _socket, null)?.Dispose();
        _conversation = Conversation.Create(_options, _number);
        Renewed++;
        using CancellationTokenSource timeout = new(TrafficOptions.SetUpTimeout);
        try
        {
            await OpenAsync(timeout.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            Lose($"renewing: {(e as SocketException)?.SocketErrorCode.ToString() ?? "no answer"}");
        }
    }

    private void Lose(string reason)
    {
        if (!Volatile.Read(ref _closing) && Interlocked.CompareExchange(ref _lost, reason, null) is null)
        {
            Volatile.Read(ref _socket)?.Dispose();
        }
    }
}
