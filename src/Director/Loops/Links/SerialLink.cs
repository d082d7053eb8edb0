using System.IO.Ports;
using System.Threading.Channels;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Wire;
using HaLvs.Linux;

namespace HaLvs.Director.Loops.Links;

/// <summary>
/// One serial line to the peer: 8N1, no flow control, framed by <see cref="SerialFramer"/>. Owns the port, a reader and a writer thread. A device
/// that is absent or vanishes is reported once and opened again as soon as it is back.
/// </summary>
public sealed class SerialLink : IHeartbeatLink
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly int _number;
    private readonly string _device;
    private readonly int _baud;
    private readonly Inbox<NodeInput> _inbox;
    private readonly ManualResetEventSlim _disposed = new(false);

    /// <summary>A slow line sends the newest news: what has waited behind two messages is dropped.</summary>
    private readonly Channel<ReadOnlyMemory<byte>> _outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private volatile SerialPort? _port;

    public SerialLink(int number, string device, int baud, Inbox<NodeInput> inbox)
    {
        _number = number;
        _device = device;
        _baud = baud;
        _inbox = inbox;
    }

    public void Start()
    {
        new Thread(Read) { IsBackground = true, Name = $"link-{_number}-serial-read" }.Start();
        new Thread(Write) { IsBackground = true, Name = $"link-{_number}-serial-write" }.Start();
    }

    public void Send(ReadOnlyMemory<byte> message) => _outgoing.Writer.TryWrite(message);

    public void Dispose()
    {
        _disposed.Set();
        _outgoing.Writer.TryComplete();
        Close();
    }

    private void Read()
    {
        RealTimeScheduling.RaiseCurrentThread(RealTimePriorities.Link);
        string? lastComplaint = null;
        while (!_disposed.IsSet)
        {
            try
            {
                var port = Open();
                lastComplaint = null;
                _inbox.Post(new NodeInput.LinkDevice(_number, true, ""));
                ReadUntilVanished(port);
                throw new IOException("the device is gone");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException or OperationCanceledException)
            {
                var complaint = Explain(e);
                if (!_disposed.IsSet && complaint != lastComplaint)
                    _inbox.Post(new NodeInput.LinkDevice(_number, false, lastComplaint = complaint));
            }
            Close();
            _disposed.Wait(RetryAfter);
        }
    }

    private SerialPort Open()
    {
        var port = new SerialPort(_device, _baud, Parity.None, 8, StopBits.One) { Handshake = Handshake.None };
        port.Open();
        _port = port;
        return port;
    }

    private void ReadUntilVanished(SerialPort port)
    {
        var framer = new SerialFramer();
        var buffer = new byte[512];
        while (!_disposed.IsSet)
        {
            var length = port.BaseStream.Read(buffer, 0, buffer.Length);
            if (length == 0)
                return;
            foreach (var message in framer.Feed(buffer.AsSpan(0, length)))
                _inbox.TryPost(new NodeInput.Frame(_number, message));
        }
    }

    private void Write()
    {
        RealTimeScheduling.RaiseCurrentThread(RealTimePriorities.Link);
        while (_outgoing.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_outgoing.Reader.TryRead(out var message))
                WriteFrame(SerialFramer.Encode(message.Span));
        }
    }

    private void WriteFrame(byte[] frame)
    {
        try
        {
            _port?.BaseStream.Write(frame, 0, frame.Length);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            // The reader notices a vanished device and says so.
        }
    }

    private void Close()
    {
        var port = _port;
        _port = null;
        try
        {
            port?.Dispose();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Closing a device that is gone: nothing left to close.
        }
    }

    private string Explain(Exception e) => e switch
    {
        UnauthorizedAccessException when !File.Exists(_device) => $"serial {_device}: no such device; check the cable's port and `ls -l /dev/ttyS*`",
        FileNotFoundException or DirectoryNotFoundException => $"serial {_device}: no such device; check the cable's port and `ls -l {_device}`",
        UnauthorizedAccessException => $"serial {_device}: not permitted or in use by another program; run as root or add the group dialout",
        ArgumentException => $"serial {_device}: is not a serial device",
        _ => File.Exists(_device) ? $"serial {_device}: {e.Message}" : $"serial {_device}: the device vanished; it is opened again when it is back",
    };
}
