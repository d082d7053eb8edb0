using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace HaLvs.Linux;

/// <summary>One open descriptor; whoever holds it owns it and disposes it. Close errors carry no meaning for the kinds of descriptors used here.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor() : base(ownsHandle: true)
    {
    }

    private FileDescriptor(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Takes the result of a system call; -1 becomes an error that says what was tried and what to do.</summary>
    internal static FileDescriptor Own(int descriptor, string operation, string advice) =>
        descriptor >= 0
            ? new FileDescriptor(descriptor)
            : throw new LinuxException(operation, Marshal.GetLastPInvokeError(), advice);

    protected override bool ReleaseHandle()
    {
        // Linux frees the descriptor even when close() reports EINTR: never repeat it.
        _ = Libc.close((int)handle);
        return true;
    }
}
