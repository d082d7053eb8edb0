using System.Runtime.InteropServices;
using System.Text;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>
/// One queue of a TUN interface that lives exactly as long as this object (or the process). Packets cross with a virtio_net_hdr of
/// 10 bytes in front; segments up to 64 KiB and partial checksums are accepted both ways. One thread reads and writes; no call allocates.
/// Documentation/networking/tuntap.rst, drivers/net/tun.c.
/// </summary>
public sealed unsafe class TunDevice : IDisposable
{
    /// <summary>virtio_net_hdr without num_buffers.</summary>
    public const int HeaderBytes = 10;

    /// <summary>A buffer of this size never truncates: header and the largest IP packet.</summary>
    public const int MaxFrameBytes = HeaderBytes + 65535;

    private const string DevicePath = "/dev/net/tun";
    private const uint TcpOffloads = Tun.TUN_F_CSUM | Tun.TUN_F_TSO4 | Tun.TUN_F_TSO6 | Tun.TUN_F_TSO_ECN;

    private TunDevice(FileDescriptor handle, string name)
    {
        Handle = handle;
        Name = name;
    }

    public FileDescriptor Handle { get; }

    public string Name { get; }

    /// <summary>UDP segments may arrive in one piece too (USO, Linux 6.2).</summary>
    public bool HasUdpSegmentation { get; private init; }

    /// <summary>Makes the interface, down and without addresses, in the network namespace of the calling thread.</summary>
    public static TunDevice Open(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) >= Tun.IFNAMSIZ)
            throw new LinuxException($"make TUN interface '{name}': a name has 1 to {Tun.IFNAMSIZ - 1} bytes. Choose a shorter one.");
        int descriptor = Libc.open(DevicePath, Files.O_RDWR | Files.O_NONBLOCK | Files.O_CLOEXEC, 0);
        if (descriptor < 0)
            throw OpenFailed(Marshal.GetLastPInvokeError());
        FileDescriptor handle = FileDescriptor.Own(descriptor, "", "");
        try
        {
            Attach(handle, name, Tun.IFF_TUN_EXCL);
            return new TunDevice(handle, name) { HasUdpSegmentation = EnableOffloads(handle, name) };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A second queue of the same interface: from now on it gets the TCP segments that open a connection, and this one everything else. Writing is the same on both.
    /// </summary>
    /// <exception cref="LinuxException">Refused: this queue goes on getting everything.</exception>
    public TunDevice SeparateSyns()
    {
        using FileDescriptor program = SynSteering.Load();
        FileDescriptor second = FileDescriptor.Own(Libc.open(DevicePath, Files.O_RDWR | Files.O_NONBLOCK | Files.O_CLOEXEC, 0), $"open {DevicePath}", "");
        try
        {
            Attach(second, Name, 0);
            int descriptor = (int)program.DangerousGetHandle();
            if (Libc.ioctl(Handle, Tun.TUNSETSTEERINGEBPF, &descriptor) != 0)
                throw new LinuxException($"separate SYNs on {Name}", Marshal.GetLastPInvokeError(), "Linux 4.16 or newer is needed.");
            return new TunDevice(second, Name) { HasUdpSegmentation = HasUdpSegmentation };
        }
        catch
        {
            second.Dispose();
            throw;
        }
    }

    /// <summary>One packet with its header: its length, or 0 when none waits.</summary>
    public int TryRead(Span<byte> frame)
    {
        while (true)
        {
            nint length;
            fixed (byte* bytes = frame)
                length = Libc.read(Handle, bytes, frame.Length);
            if (length >= 0)
                return (int)length;
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return 0;
            if (errno != Errno.EINTR)
                throw new LinuxException($"read from {Name}", errno, "The interface is gone: restart the director.");
        }
    }

    /// <summary>
    /// Hands one packet with its header to the kernel. False when the kernel drops it (interface down, no memory, header and packet do not
    /// fit together): the caller counts it and goes on, as a wire would.
    /// </summary>
    public bool TryWrite(ReadOnlySpan<byte> frame)
    {
        while (true)
        {
            nint written;
            fixed (byte* bytes = frame)
                written = Libc.write(Handle, bytes, frame.Length);
            if (written >= 0)
                return true;
            int errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.EAGAIN or Errno.EIO or Errno.EINVAL or Errno.ENOMEM or Errno.ENOBUFS or Errno.EMSGSIZE)
                return false;
            if (errno != Errno.EINTR)
                throw new LinuxException($"write to {Name}", errno, "The interface is gone: restart the director.");
        }
    }

    public void Dispose() => Handle.Dispose();

    private static void Attach(FileDescriptor handle, string name, ushort exclusive)
    {
        IfReq request = new() { ifr_flags = (short)(Tun.IFF_TUN | Tun.IFF_NO_PI | Tun.IFF_VNET_HDR | Tun.IFF_MULTI_QUEUE | exclusive) };
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.ifr_name, Tun.IFNAMSIZ));
        if (Libc.ioctl(handle, Tun.TUNSETIFF, &request) == 0)
            return;
        int errno = Marshal.GetLastPInvokeError();
        throw new LinuxException($"make TUN interface {name}", errno, errno switch
        {
            Errno.EBUSY => $"Another process holds {name}: stop the other director (`ip -d link show {name}`), or wait until it has ended. "
                + $"If {name} is of another kind: `ip link delete {name}`, or choose another name.",
            Errno.EPERM => "Run as root or with CAP_NET_ADMIN.",
            _ => "",
        });
    }

    private static bool EnableOffloads(FileDescriptor handle, string name)
    {
        int headerBytes = HeaderBytes;
        if (Libc.ioctl(handle, Tun.TUNSETVNETHDRSZ, &headerBytes) != 0)
            throw new LinuxException($"set the packet header size of {name}", Marshal.GetLastPInvokeError(), "Linux 5.4 or newer is needed.");
        if (Libc.ioctl(handle, Tun.TUNSETOFFLOAD, (void*)(TcpOffloads | Tun.TUN_F_USO4 | Tun.TUN_F_USO6)) == 0)
            return true;
        if (Libc.ioctl(handle, Tun.TUNSETOFFLOAD, (void*)TcpOffloads) != 0)
            throw new LinuxException($"enable segmentation offloads of {name}", Marshal.GetLastPInvokeError(), "Linux 5.4 or newer is needed.");
        return false;
    }

    private static LinuxException OpenFailed(int errno) => new($"open {DevicePath}", errno, errno switch
    {
        Errno.ENOENT => "Make it: mkdir -p /dev/net && mknod /dev/net/tun c 10 200 (in a container: pass the device through).",
        Errno.ENODEV or Errno.ENXIO => "The kernel has no TUN driver: modprobe tun.",
        Errno.EACCES or Errno.EPERM => "Run as root or with CAP_NET_ADMIN, and let the device policy of the unit or container allow it.",
        _ => "",
    });
}
