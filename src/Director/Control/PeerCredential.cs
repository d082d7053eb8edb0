using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HaLvs.Director.Control;

/// <summary>Who is at the other end of a Unix socket, by the kernel's word: struct ucred of SO_PEERCRED (unix(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PeerCredential(int ProcessId, uint UserId, uint GroupId)
{
    // Linux, asm-generic/socket.h.
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>Null when the socket is not a Unix one or gone.</summary>
    public static PeerCredential? Of(Socket? socket)
    {
        Span<PeerCredential> credential = stackalloc PeerCredential[1];
        Span<byte> bytes = MemoryMarshal.AsBytes(credential);
        try
        {
            bool complete = socket?.GetRawSocketOption(SolSocket, SoPeerCred, bytes) == bytes.Length;
            return complete && credential[0].ProcessId > 0 ? credential[0] : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
