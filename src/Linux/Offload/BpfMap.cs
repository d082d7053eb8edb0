using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>
/// Entries of a map through bpf(2), many a call where the kernel can (5.6), one a call where not. A bucket that another CPU holds (EBUSY) is asked for
/// again. Owns its descriptor.
/// </summary>
internal sealed unsafe class BpfMap<TKey, TValue>(FileDescriptor descriptor) : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <summary>The kernel's own number, which its headers for programs lack: "operation not supported" of an old batch.</summary>
    private const int NotSupported = 524;
    private const int Attempts = 100;

    /// <summary>Cleared by the first refusal; the tests clear it to walk the other way.</summary>
    internal bool Batches { get; set; } = true;

    public FileDescriptor Descriptor => descriptor;

    /// <summary>Inserts or replaces in order; returns how many until the first failure, whose errno is <paramref name="errno"/>.</summary>
    public int Update(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values, out int errno)
    {
        int done = 0;
        errno = 0;
        for (int attempt = 0; done < keys.Length && attempt < Attempts; attempt++)
        {
            int taken = Batches ? UpdateBatch(keys[done..], values[done..], out errno) : UpdateOne(in keys[done], in values[done], out errno);
            attempt = taken > 0 ? 0 : attempt;
            done += taken;
            if (errno is not (0 or Errno.EBUSY or Errno.EINTR or Errno.EAGAIN) && !FallsBack(errno))
                return done;
        }

        return done;
    }

    /// <summary>Deletes them all; those that are not there are passed over. Returns how many were there.</summary>
    /// <exception cref="LinuxException">The kernel refuses for another reason than absence: an entry may have outlived its connection.</exception>
    public int Delete(ReadOnlySpan<TKey> keys)
    {
        int at = 0;
        int deleted = 0;
        for (int attempt = 0; at < keys.Length; attempt++)
        {
            int taken = Batches ? DeleteBatch(keys[at..], out int errno) : DeleteOne(in keys[at], out errno);
            deleted += taken;
            at += taken + (errno == Errno.ENOENT ? 1 : 0);
            attempt = taken > 0 || errno == Errno.ENOENT ? 0 : attempt;
            bool again = errno is 0 or Errno.ENOENT or Errno.EBUSY or Errno.EINTR or Errno.EAGAIN || FallsBack(errno);
            if (!again || attempt >= Attempts)
                throw new LinuxException("delete flows of the offload", errno, "");
        }

        return deleted;
    }

    /// <summary>False: not there.</summary>
    public bool TryRead(TKey key, Span<TValue> value)
    {
        fixed (TValue* at = value)
        {
            BpfMapElement element = new() { map_fd = (uint)descriptor.DangerousGetHandle(), key = (ulong)&key, value = (ulong)at };
            return Libc.bpf(Bpf.BPF_MAP_LOOKUP_ELEM, &element, (uint)sizeof(BpfMapElement)) == 0;
        }
    }

    public void Dispose() => descriptor.Dispose();

    private bool FallsBack(int errno)
    {
        bool old = Batches && errno is NotSupported or Errno.EOPNOTSUPP or Errno.EINVAL;
        Batches &= !old;
        return old;
    }

    private int UpdateBatch(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values, out int errno)
    {
        fixed (TValue* at = values)
            return Batch(Bpf.BPF_MAP_UPDATE_BATCH, keys, at, out errno);
    }

    private int DeleteBatch(ReadOnlySpan<TKey> keys, out int errno) => Batch(Bpf.BPF_MAP_DELETE_BATCH, keys, null, out errno);

    private int Batch(int command, ReadOnlySpan<TKey> keys, TValue* values, out int errno)
    {
        fixed (TKey* at = keys)
        {
            BpfMapBatch batch = new()
            {
                map_fd = (uint)descriptor.DangerousGetHandle(),
                keys = (ulong)at,
                values = (ulong)values,
                count = (uint)keys.Length,
            };
            errno = Libc.bpf(command, &batch, (uint)sizeof(BpfMapBatch)) == 0 ? 0 : Marshal.GetLastPInvokeError();

            // A kernel that does not come as far as the entries leaves the count as it was.
            return errno is 0 or Errno.E2BIG or Errno.EBUSY or Errno.ENOENT ? (int)batch.count : 0;
        }
    }

    private int UpdateOne(in TKey key, in TValue value, out int errno)
    {
        fixed (TKey* keyAt = &key)
        fixed (TValue* valueAt = &value)
            return One(Bpf.BPF_MAP_UPDATE_ELEM, keyAt, valueAt, out errno);
    }

    private int DeleteOne(in TKey key, out int errno)
    {
        fixed (TKey* at = &key)
            return One(Bpf.BPF_MAP_DELETE_ELEM, at, null, out errno);
    }

    private int One(int command, TKey* key, TValue* value, out int errno)
    {
        BpfMapElement element = new() { map_fd = (uint)descriptor.DangerousGetHandle(), key = (ulong)key, value = (ulong)value };
        errno = Libc.bpf(command, &element, (uint)sizeof(BpfMapElement)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return errno == 0 ? 1 : 0;
    }
}
