using System.Numerics;
using HaLvs.Forwarder.Calls;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// What changed since the peer last asked, oldest first. One pending entry per connection: a later change of the same one is read when the entry is
/// taken, so a busy connection costs nothing more. A deletion takes the place of its connection's pending entry or goes to the end; a new
/// connection of the same key comes behind it. When the ring is full everything is forgotten and <see cref="Overflowed"/> says so.
/// </summary>
internal sealed class ChangeLog
{
    private const int SmallestRing = 4096;
    private const int LargestRing = 1 << 18;
    private readonly FlowStore _flows;
    private readonly CallTable _calls;
    private Entry[] _ring = [];
    private long _head;
    private long _tail;

    public ChangeLog(FlowStore flows, CallTable calls)
    {
        _flows = flows;
        _calls = calls;
    }

    public bool IsEnabled { get; private set; }

    public bool Overflowed { get; private set; }

    public bool HasChanges => _tail != _head;

    /// <summary>
    /// The ring is taken with the first use and kept. It is not cleared, no entry is read before it was written: clearing tens of megabytes would hold up
    /// every packet.
    /// </summary>
    public void Enable(bool enabled)
    {
        if (enabled && _ring.Length == 0)
        {
            int entries = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_flows.Capacity, SmallestRing, LargestRing));
            _ring = GC.AllocateUninitializedArray<Entry>(entries, pinned: true);
        }

        IsEnabled = enabled;
        Overflowed = false;
        _tail = _head;
    }

    public void Changed(int slot)
    {
        if (!IsEnabled || Overflowed || !Travels(slot) || IsPending(slot))
        {
            return;
        }

        if (TryAppend(out long sequence))
        {
            _ring[Place(sequence)] = new Entry { Slot = slot };
            _flows[slot].LogSequence = sequence;
        }
    }

    /// <summary>Call while the flow still has its content.</summary>
    public void Deleted(int slot)
    {
        if (!IsEnabled || Overflowed || !Travels(slot))
        {
            return;
        }

        long sequence = _flows[slot].LogSequence;
        if (IsPending(slot) || TryAppend(out sequence))
        {
            _ring[Place(sequence)] = new Entry { Deleted = Name(in _flows[slot]) };
        }
    }

    /// <summary>The next change; an upsert names its slot, whose content is to be read now.</summary>
    public bool TryTake(out int slot, out ConnectionRecord deleted)
    {
        slot = 0;
        deleted = default;
        if (!HasChanges)
        {
            return false;
        }

        ref Entry entry = ref _ring[Place(_tail++)];
        slot = entry.Slot;
        deleted = entry.Slot == 0 ? Named(in entry.Deleted) : default;
        return true;
    }

    private bool Travels(int slot) => (_flows[slot].Traits & ConnectionTraits.OnePacket) == 0;

    private bool IsPending(int slot)
    {
        long sequence = _flows[slot].LogSequence;
        return sequence >= _tail && sequence < _head && _ring[Place(sequence)].Slot == slot;
    }

    private bool TryAppend(out long sequence)
    {
        sequence = _head;
        if (_head - _tail == _ring.Length)
        {
            Overflowed = true;
            _tail = _head;
            return false;
        }

        _head++;
        return true;
    }

    private int Place(long sequence) => (int)(sequence & (_ring.Length - 1));

    private DeletedFlow Name(in Flow flow) => new()
    {
        Key = new ConnectionKey(flow.Protocol, flow.Client, flow.ClientPort, flow.Virtual, flow.VirtualPort) { Call = _calls.DigestOf(flow.Call) },
        Kind = flow.Kind,
        Traits = flow.Traits,
    };

    /// <summary>A record of which only what names the connection has meaning.</summary>
    private static ConnectionRecord Named(in DeletedFlow flow) => new(
        flow.Kind, flow.Key.Protocol, flow.Key.Client, flow.Key.ClientPort, flow.Key.Virtual, flow.Key.VirtualPort, default, 0, ConnectionState.None, 0)
    {
        Traits = flow.Traits,
        Call = flow.Key.Call,
    };

    /// <summary>Slot above 0: this flow changed. 0: that one is gone.</summary>
    private struct Entry
    {
        public int Slot;
        public DeletedFlow Deleted;
    }

    private struct DeletedFlow
    {
        public ConnectionKey Key;
        public ConnectionKind Kind;
        public ConnectionTraits Traits;
    }
}
