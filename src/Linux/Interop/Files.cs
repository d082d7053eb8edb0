using System.Runtime.InteropServices;

namespace HaLvs.Linux.Interop;

/// <summary>fcntl.h, sys/stat.h and sys/mman.h.</summary>
internal static class Files
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_TRUNC = 0x200;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const uint STATX_TYPE = 1;
    public const uint STATX_MODE = 2;
    public const uint STATX_UID = 8;
}

/// <summary>The fields of statx(2) that a mode check needs; unlike stat, the same on every architecture.</summary>
[KernelStruct("struct statx")]
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    [FieldOffset(0)] public uint stx_mask;
    [FieldOffset(20)] public uint stx_uid;
    [FieldOffset(28)] public ushort stx_mode;
}
