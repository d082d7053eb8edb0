using System.Net;
using System.Net.Sockets;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Loops.Links;

/// <summary>
/// One UDP path to the peer, address to address. Owns its socket and a reader thread. A port or address that cannot be had is reported once and
/// tried again every second: a link that is missing is degraded, not fatal.
/// </summary>
public sealed class UdpLink : IHeartbeatLink
{
    /// <summary>A message fits 256 bytes; anything longer is read so that it can be counted as oversized.</summary>
    private const int ReceiveBytes = 2048;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PollFor = TimeSpan.FromSeconds(1);

    private readonly int _number;
    private readonly IPEndPoint _local;
    private readonly SocketAddress _peer;
    private readonly Inbox<NodeInput> _inbox;
    private readonly ManualResetEventSlim _disposed = new(false);
    private volatile Socket? _socket;

    public UdpLink(int number, IPEndPoint local, IPEndPoint peer, Inbox<NodeInput> inbox)
    {
        _number = number;
        _local = local;
        _peer = peer.Serialize();
        _inbox = inbox;
    }

    public void Start() => new Thread(Run) { IsBackground = true, Name = $"link-{_number}-udp" }.Start();

    public void Send(ReadOnlyMemory<byte> message)
    {
        try
        {
            _socket?.SendTo(message.Span, SocketFlags.None, _peer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // No carrier, no neighbour, buffer full: silence is what the protocol is about.
        }
    }

    public void Dispose()
    {
        _disposed.Set();
        _socket?.Dispose();
    }

    private void Run()
    {
        RealTimeScheduling.RaiseCurrentThread(RealTimePriorities.Link);
        string? lastComplaint = null;
        while (!_disposed.IsSet)
        {
            try
            {
                using var socket = Open();
                lastComplaint = null;
                _inbox.Post(new NodeInput.LinkDevice(_number, true, ""));
                ReceiveUntilClosed(socket);
            }
            catch (SocketException e)
            {
                var complaint = Explain(e);
                if (complaint != lastComplaint)
                    _inbox.Post(new NodeInput.LinkDevice(_number, false, lastComplaint = complaint));
            }
            _socket = null;
            _disposed.Wait(RetryAfter);
        }
    }

    private Socket Open()
    {
        var socket = new Socket(_local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            socket.Bind(_local);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        _socket = socket;
        return socket;
    }

    private void ReceiveUntilClosed(Socket socket)
    {
        var buffer = new byte[ReceiveBytes];
        var from = new SocketAddress(_local.AddressFamily);
        while (!_disposed.IsSet)
        {
            int length;
            try
            {
                if (!socket.Poll(PollFor, SelectMode.SelectRead))
                    continue;
                length = socket.ReceiveFrom(buffer, SocketFlags.None, from);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.MessageSize or SocketError.ConnectionRefused or SocketError.HostUnreachable)
            {
                continue;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            _inbox.TryPost(new NodeInput.Frame(_number, buffer.AsSpan(0, length).ToArray()));
        }
    }

    private string Explain(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"udp {_local}: the port is busy; another program (or another halvs) holds it: see `ss -ulpn`",
        SocketError.AddressNotAvailable => $"udp {_local}: this machine does not have that address; check the node's links and `ip address`",
        SocketError.AccessDenied => $"udp {_local}: not permitted; ports below 1024 need CAP_NET_BIND_SERVICE",
        _ => $"udp {_local}: {e.Message}",
    };
}
