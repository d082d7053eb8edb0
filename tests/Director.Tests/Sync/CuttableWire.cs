using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HaLvs.Director.Tests.Sync;

/// <summary>A TCP relay on loopback whose connections a test can cut, or freeze so that they look alive and carry nothing.</summary>
internal sealed class CuttableWire : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly Task _accepting;
    private volatile bool _frozen;
    private long _bytes;

    public CuttableWire(IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Bytes carried from the target to the dialler.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public bool Frozen { get => _frozen; set => _frozen = value; }

    public void Cut()
    {
        foreach (Socket socket in _sockets.Keys) socket.Dispose();
        _sockets.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket near = await _listener.AcceptSocketAsync(_stop.Token);
            _ = RelayAsync(near);
        }
    }

    private async Task RelayAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        _sockets[near] = _sockets[far] = true;
        try
        {
            await far.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(CarryAsync(near, far, false), CarryAsync(far, near, true));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, or nobody listens: the dialler sees a closed connection.
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task CarryAsync(Socket from, Socket to, bool counted)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, _stop.Token);
            if (read == 0) return;
            while (_frozen) await Task.Delay(5, _stop.Token);
            await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
            if (counted) Interlocked.Add(ref _bytes, read);
        }
    }
}
