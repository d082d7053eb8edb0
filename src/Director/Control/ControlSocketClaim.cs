using System.Net.Sockets;
using System.Text;

namespace HaLvs.Director.Control;

/// <summary>
/// The right to listen at one path, held for the life of the process. A lock beside the socket decides who has it, because between "nobody
/// answers" and "the old file is gone" another director could have begun. A stale file is removed only while holding the lock, and only if
/// nobody answers on it.
/// </summary>
public sealed class ControlSocketClaim : IDisposable
{
    private readonly FileStream _lock;

    private ControlSocketClaim(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Makes the folder if it is missing (0755: the socket's own mode guards it).</summary>
    /// <exception cref="ControlSocketException">Another director runs here, or the place cannot be used.</exception>
    public static ControlSocketClaim Take(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Encoding.UTF8.GetByteCount(full) > ControlSocketPath.MaximumBytes)
        {
            throw new ControlSocketException($"control socket {full}: the path is longer than {ControlSocketPath.MaximumBytes} bytes; choose a shorter one with --socket");
        }

        FileStream held = Lock(full);
        try
        {
            RemoveStale(full);
            return new ControlSocketClaim(full, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Lets go. The lock file stays: removing it would let a third process lock a file that no longer has a name.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);

            // FileShare.None is flock(LOCK_EX | LOCK_NB) here: it ends with the process, however that ends.
            return new FileStream($"{path}.lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ControlSocketException($"control socket {path}: permission denied; run as root, or choose another place with --socket", e);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists($"{path}.lock"))
        {
            throw new ControlSocketException(RunsHere(path), e);
        }
        catch (IOException e)
        {
            throw new ControlSocketException($"control socket {path}: {e.Message}; choose another place with --socket", e);
        }
    }

    private static void RemoveStale(string path)
    {
        if (!Exists(path))
        {
            return;
        }

        if (Answers(path))
        {
            throw new ControlSocketException(RunsHere(path));
        }

        File.Delete(path);
    }

    /// <summary>Anything but a socket is somebody's file: never removed.</summary>
    private static bool Exists(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return false;
        }

        // A socket has no attribute of its own in .NET; it is what is neither a folder nor openable for reading (ENXIO).
        if (Directory.Exists(path) || IsRegularFile(path))
        {
            throw new ControlSocketException($"control socket {path}: something that is not a socket stands there; move it away or choose another place with --socket");
        }

        return true;
    }

    private static bool IsRegularFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Answers(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private static string RunsHere(string path) =>
        $"another halvs runs here: {path} is in use; stop it (systemctl stop halvs), or give this one its own --socket and --state-directory";
}
