using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Tests.Drills.Traffic;

/// <summary>A real echo server on loopback that can be told to misbehave.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<Socket> _accepted = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _answering = new(true);
    private int _corruptions;

    public EchoServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1_024);
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The next so many answers get one flipped bit.</summary>
    public void CorruptNext(int answers) => Interlocked.Add(ref _corruptions, answers);

    /// <summary>While stalled nothing is answered; connects still succeed, as the kernel makes them.</summary>
    public void Stall() => _answering.Reset();

    public void Resume() => _answering.Set();

    /// <summary>Ends every connection of now: with a reset, or in order.</summary>
    public void EndAll(bool reset)
    {
        foreach (Socket s in _accepted)
        {
            End(s, reset);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _answering.Set();
        _listener.Dispose();
        EndAll(reset: true);
    }

    private static void End(Socket socket, bool reset)
    {
        try
        {
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                return;
            }

            // A close with unread bytes would be a reset again.
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Its client had closed it before.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket s = await _listener.AcceptAsync(_stop.Token);
                _accepted.Add(s);
                _ = EchoAsync(s);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        byte[] buffer = new byte[4_096];
        try
        {
            int length;
            while ((length = await socket.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                while (!_answering.IsSet)
                {
                    await Task.Delay(1, _stop.Token);
                }

                if (Interlocked.Decrement(ref _corruptions) >= 0)
                {
                    buffer[length / 2] ^= 0x10;
                }
                else
                {
                    Interlocked.Increment(ref _corruptions);
                }

                await socket.SendAsync(buffer.AsMemory(0, length), _stop.Token);
            }

            socket.Close();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }
}
