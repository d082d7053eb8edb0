using System.Numerics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Calls;

/// <summary>
/// The Call-IDs of templates, and the index that finds a template by its own. Flows hold no references, so a Call-ID lives here under a number, in memory
/// taken once, when the first service with the engine sip is configured. When it is full, calls go by their client's address (docs/adr/0018).
/// </summary>
internal sealed class CallTable
{
    /// <summary>IP_VS_PEDATA_MAXLEN of include/uapi/linux/ip_vs.h.</summary>
    public const int LongestId = 255;

    private const int IdBytes = LongestId + 1;
    private readonly FlowStore _flows;
    private readonly FlowHash _hash;
    private readonly int _most;
    private byte[] _ids = [];
    private Call[] _calls = new Call[1];
    private int[] _heads = new int[1];
    private int _free;
    private int _highWater;

    /// <param name="most">Calls at a time.</param>
    public CallTable(FlowStore flows, FlowHash hash, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _most = most;
        _flows = flows;
        _hash = hash;
    }

    /// <summary>0 before <see cref="Reserve"/>.</summary>
    public int Capacity { get; private set; }

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>When a call last found no place; milliseconds of the core's clock.</summary>
    public long FullAt { get; set; } = long.MinValue / 2;

    /// <summary>The Call-ID under this number.</summary>
    public ReadOnlySpan<byte> this[int call] => _ids.AsSpan((call * IdBytes) + 1, _ids[call * IdBytes]);

    public CallDigest DigestOf(int call) => call == 0 ? default : _calls[call].Digest;

    /// <summary>Takes the memory; never on the packet path.</summary>
    public void Reserve()
    {
        if (Capacity == 0)
        {
            Capacity = Math.Min(_flows.Capacity, _most);
            _ids = GC.AllocateArray<byte>((Capacity + 1) * IdBytes, pinned: true);
            _calls = GC.AllocateArray<Call>(Capacity + 1, pinned: true);
            _heads = GC.AllocateArray<int>((int)BitOperations.RoundUpToPowerOf2((uint)Capacity), pinned: true);
        }
    }

    /// <summary>Slot of the template with this key and Call-ID; 0: none.</summary>
    public int Find(in FlowTuple template, CallDigest digest)
    {
        int call = _heads[BucketOf(in template, digest)];
        while (call != 0 && !(_calls[call].Digest == digest && OutsideSide.Matches(in _flows[_calls[call].Slot], in template)))
        {
            call = _calls[call].Next;
        }

        return _calls[call].Slot;
    }

    /// <summary>A number for this Call-ID and the template in this slot; not found before <see cref="File"/>. Ask <see cref="IsFull"/> before.</summary>
    public int Take(int slot, CallId id)
    {
        int call = _free != 0 ? _free : ++_highWater;
        _free = _calls[call].Next;
        _calls[call] = new Call { Digest = id.Digest, Slot = slot };
        _ids[call * IdBytes] = (byte)id.Text.Length;
        id.Text.CopyTo(_ids.AsSpan((call * IdBytes) + 1));
        Count++;
        return call;
    }

    public void Return(int call)
    {
        _calls[call] = new Call { Next = _free };
        _free = call;
        Count--;
    }

    /// <summary>Found from now on, by what the flow says now.</summary>
    public void File(int call)
    {
        ref int head = ref _heads[BucketOf(call)];
        _calls[call].Next = head;
        head = call;
    }

    /// <summary>Call before what the flow is found by changes.</summary>
    public void Unfile(int call)
    {
        ref int link = ref _heads[BucketOf(call)];
        while (link != call)
        {
            if (link == 0)
            {
                throw new InvalidOperationException($"Call {call} is missing in its hash chain: the table of calls is damaged.");
            }

            link = ref _calls[link].Next;
        }

        link = _calls[call].Next;
        _calls[call].Next = 0;
    }

    private uint BucketOf(int call) => BucketOf(OutsideSide.TupleOf(in _flows[_calls[call].Slot]), _calls[call].Digest);

    /// <summary>Client and digest go through the keyed hash together: neither many clients of one Call-ID nor many Call-IDs of one client make one chain.</summary>
    private uint BucketOf(in FlowTuple template, CallDigest digest)
    {
        Ip far = new(template.Far.High ^ digest.High, template.Far.Low ^ digest.Low);
        FlowTuple mixed = new(template.Protocol, far, 0, template.Near, template.NearPort);
        return _hash.Of(in mixed) & (uint)(_heads.Length - 1);
    }

    private struct Call
    {
        public CallDigest Digest;
        public int Slot;

        /// <summary>In its chain, or among the free ones.</summary>
        public int Next;
    }
}
