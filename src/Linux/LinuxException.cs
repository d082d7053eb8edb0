using System.Runtime.InteropServices;

namespace HaLvs.Linux;

/// <summary>The kernel refused: what was tried on what, why (errno, and the kernel's own text where it gives one), and what to do next.</summary>
public sealed class LinuxException : IOException
{
    public LinuxException(string operation, int errno, string advice, string? kernelText = null)
        : base(Compose(operation, errno, advice, kernelText))
    {
        Operation = operation;
        Errno = errno;
    }

    /// <summary>Not refused by the kernel but found wrong by us: errno 0.</summary>
    public LinuxException(string message) : base(message) => Operation = message;

    public string Operation { get; }

    /// <summary>errno, or 0 when we found the fault ourselves.</summary>
    public int Errno { get; }

    /// <summary>No space or no quota left: nothing durable can be written.</summary>
    public bool IsDiskFull => Errno is Interop.Errno.ENOSPC or Interop.Errno.EDQUOT;

    private static string Compose(string operation, int errno, string advice, string? kernelText)
    {
        string why = Marshal.GetPInvokeErrorMessage(errno);
        string detail = string.IsNullOrEmpty(kernelText) ? why : $"{why} ({kernelText.TrimEnd('.')})";
        return advice.Length == 0 ? $"{operation}: {detail}." : $"{operation}: {detail}. {advice}";
    }
}
