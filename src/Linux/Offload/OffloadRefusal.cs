namespace HaLvs.Linux.Offload;

/// <summary>Why there is no offload, for programs; <see cref="OffloadException"/> says it in words.</summary>
public enum OffloadRefusal
{
    /// <summary>The build machine had no clang, or no headers of libbpf.</summary>
    NotBuilt,

    /// <summary>libbpf.so.1 is not installed.</summary>
    NoLibrary,

    /// <summary>CAP_BPF, CAP_NET_ADMIN, or locked memory is missing.</summary>
    NotPermitted,

    /// <summary>The kernel has no BPF, or lacks something that the program needs, or has not the memory.</summary>
    Rejected,

    /// <summary>Another program holds our place at the interface.</summary>
    Occupied,

    /// <summary>The interface or its driver cannot: no Ethernet, no XDP.</summary>
    Unable,
}
