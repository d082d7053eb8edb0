using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>The values of an array map as memory that the kernel program shares. Whoever disposes it must know that no span of it is in use.</summary>
internal sealed unsafe class MappedArray<T> : SafeHandle where T : unmanaged
{
    private readonly nuint _bytes;
    private readonly int _count;

    /// <exception cref="LinuxException">The map is none that can be mapped.</exception>
    public MappedArray(FileDescriptor map, int count) : base(-1, ownsHandle: true)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _count = count;
        _bytes = (((nuint)count * (nuint)Unsafe.SizeOf<T>()) + page - 1) / page * page;
        SetHandle(Libc.mmap(0, _bytes, Files.PROT_READ | Files.PROT_WRITE, Files.MAP_SHARED, map, 0));
        if (IsInvalid)
            throw new LinuxException("map a BPF array into memory", Marshal.GetLastPInvokeError(), "Linux 5.5 or newer is needed.");
    }

    public override bool IsInvalid => handle == -1;

    public Span<T> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<T>((void*)handle, _count);
        }
    }

    protected override bool ReleaseHandle() => Libc.munmap(handle, _bytes) == 0;
}
