using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>
/// A fuzzer of the whole pipeline. Corpus: <see cref="SeedFrames"/>, then every input that made something new happen; coverage is guided cheaply, by what
/// the core tells of itself: the drop reasons and counters that an input moved, the state of its connection before and after, its protocol and shape. An
/// input whose vector of these was never seen is kept. Every few thousand inputs a new world begins (settings, services), reproducible from its own seed.
/// In a clean world every input has right checksums, so everything that leaves must have; in others only what came in right must leave right.
/// </summary>
internal sealed class PacketFuzzer
{
    private const int Guard = 64;
    private const byte GuardByte = 0xa5;
    private const int Room = 4096;
    private const int MostKept = 8192;
    private const int InputsPerWorld = 50_000;

    private readonly int _seed;
    private readonly byte[] _memory = new byte[Guard + Room + Guard];
    private readonly byte[] _pending = new byte[ForwardingCore.FrameBytes];
    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<ulong> _seen = [];
    private readonly long[] _dropsBefore = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private long[] _totalsBefore = new long[5];
    private byte[] _emitted = [];
    private byte[] _input = [];
    private Random _random;
    private FuzzWorld _world;
    private bool _clean;
    private int _worldSeed;

    public PacketFuzzer(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        for (int i = 0; i < 3000; i++)
        {
            _corpus.Add(SeedFrames.Next(_random));
        }

        _world = NewWorld(seed);
    }

    public long Inputs { get; private set; }

    public long Emitted { get; private set; }

    public long SentBesides { get; private set; }

    public long ChecksumsVerified { get; private set; }

    public long Connections { get; private set; }

    public int Kept => _corpus.Count;

    public int Behaviours => _seen.Count;

    public int Worlds { get; private set; }

    public IEnumerable<(DropReason Reason, long Count)> Drops => _drops.Select((count, i) => ((DropReason)i, count)).Where(d => d.count > 0);

    /// <summary>One input. Throws with everything that a replay needs when a property does not hold.</summary>
    public void Step()
    {
        if (Inputs > 0 && Inputs % InputsPerWorld == 0)
        {
            EndWorld();
            _world = NewWorld(_seed + Worlds);
        }

        _input = NextInput();
        try
        {
            Feed();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"seed {_seed}, world {_worldSeed}, input {Inputs}, clean {_clean}: {e.Message}\nframe {Convert.ToHexString(_input)}\nleft  {Convert.ToHexString(_emitted)}", e);
        }

        Inputs++;
    }

    /// <summary>All ends: no connection, no fragment is left.</summary>
    public void EndWorld()
    {
        ForwardingCore core = _world.Core;
        Connections += core.Counters.NewConnections;
        foreach ((DropReason reason, long count) in core.Counters.Drops())
        {
            _drops[(int)reason] += count;
        }

        core.SetTimersFrozen(false, _world.Now);
        for (int i = 0; i < 3000 && core.ConnectionCount > 0; i++)
        {
            core.Tick(_world.Now += 2000);
        }

        core.Tick(_world.Now += 61_000);
        Check(core.ConnectionCount == 0, $"{core.ConnectionCount} connections never ended");
        Check(core.Fragments is { Entries: 0, FreeBlocks: 512 }, "fragments were never let go");
        Check(TableCheck.IsWhole(core), "the table is damaged");
    }

    private FuzzWorld NewWorld(int seed)
    {
        _worldSeed = seed;
        _random = new Random(seed);
        _clean = _random.Next(4) > 0;
        Worlds++;
        return new FuzzWorld(new Random(seed));
    }

    private byte[] NextInput()
    {
        int choice = _random.Next(100);
        byte[] frame = choice switch
        {
            < 20 when _emitted.Length > 0 => Peer.Answer(_emitted, _random),
            < 45 => [.. Any()],
            < 50 => SeedFrames.Next(_random),
            < 53 => Noise(),
            _ => new FrameMutator(_random, Any).Mutate(choice < 65 && _emitted.Length > 0 ? Peer.Answer(_emitted, _random) : Any()),
        };
        frame = frame.Length > Room ? frame[..Room] : frame;
        FrameChecksums.MendHeader(frame);
        if (_clean || _random.Next(3) > 0)
        {
            FrameChecksums.MendTransport(frame);
        }

        return frame;
    }

    private byte[] Any() => _corpus[_random.Next(_corpus.Count)];

    private byte[] Noise()
    {
        byte[] noise = new byte[_random.Next(200)];
        _random.NextBytes(noise);
        return noise;
    }

    private void Feed()
    {
        ForwardingCore core = _world.Core;
        int room = _random.Next(3) == 0 ? _input.Length : Room; // Sometimes no byte behind the frame.
        _memory.AsSpan(0, Guard).Fill(GuardByte);
        _memory.AsSpan(Guard + room, Guard).Fill(GuardByte);
        _input.CopyTo(_memory, Guard);
        bool right = FrameChecksums.IsRight(_input);
        ulong before = Signature(core);
        int length = core.Process(_memory.AsSpan(Guard, room), _input.Length, _world.Now);
        Check(length >= 0 && length <= room, $"length {length} of {room}");
        Check(_memory.AsSpan(0, Guard).IndexOfAnyExcept(GuardByte) < 0, "wrote before the frame");
        Check(_memory.AsSpan(Guard + room, Guard).IndexOfAnyExcept(GuardByte) < 0, "wrote behind the frame");
        if (length > 0)
        {
            _emitted = _memory.AsSpan(Guard, length).ToArray();
            Judge(_emitted, right);
            Emitted++;
        }

        int besides = TakePending(core);
        Learn(Mix(Mix(before, Signature(core)), (ulong)((length > 0 ? 1 : 0) | (besides << 1))));
        Later(core);
    }

    private void Later(ForwardingCore core)
    {
        _world.Now += _random.Next(6);
        if (Inputs % 64 == 0)
        {
            core.Tick(_world.Now);
        }

        if (Inputs % 1000 == 0)
        {
            _world.Disturb();
            TakePending(core);
            Check(TableCheck.IsWhole(core), "the table is damaged");
        }
    }

    private int TakePending(ForwardingCore core)
    {
        int count = 0;
        int length;
        while ((length = core.TakePending(_pending)) > 0)
        {
            count = Math.Min(count + 1, 3);
            _emitted = _pending[..length];
            Judge(_emitted, inputWasRight: _clean);
            SentBesides++;
        }

        return count;
    }

    private void Judge(byte[] frame, bool inputWasRight)
    {
        Packet packet = default;
        Check(frame.Length > ForwardingCore.VirtioHeaderBytes, "a frame without a packet left");
        Check(PacketParser.ParseNetwork(frame, ref packet) == DropReason.None, "a packet left that the parser itself refuses");
        if (packet.Protocol is not (TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp) && !packet.IsIcmp)
        {
            return;
        }

        // Behind an offset an IPv6 fragment names no protocol that binds (RFC 8200 section 4.5): its first fragment may have been of one that only passes.
        bool named = !packet.IsV6 || packet.FragmentOffsetBytes == 0;
        bool leaves = named && !FuzzWorld.IsInside(packet.Destination) && NetworkFacts.IsRoutable(packet.Source, packet.Destination);
        Check(!(leaves && FuzzWorld.IsInside(packet.Source)), "an inside address left");
        if (inputWasRight)
        {
            Check(FrameChecksums.IsRight(frame), "a wrong checksum left");
            ChecksumsVerified++;
        }
    }

    /// <summary>What the counters and the input's connection look like now.</summary>
    private ulong Signature(ForwardingCore core)
    {
        Packet packet = default;
        ulong shape = (ulong)PacketParser.ParseNetwork(_input, ref packet);
        if (shape == 0 && packet.HasPorts && (!packet.IsFragment || packet.IsFirstFragment))
        {
            PacketParser.ParseTransport(_input, ref packet);
        }

        shape |= ((ulong)packet.Protocol << 8) | ((ulong)packet.Flags << 16) | ((ulong)packet.SctpEvent << 24) | ((ulong)StateOf(core, in packet) << 32)
            | (packet.IsV6 ? 1ul << 40 : 0) | (packet.IsFragment ? 1ul << 41 : 0) | (packet.PartialChecksum ? 1ul << 42 : 0)
            | (packet.SegmentBytes != 0 ? 1ul << 43 : 0) | (packet.MoreFragments ? 1ul << 44 : 0);
        ulong moved = 0;
        for (int i = 0; i < _dropsBefore.Length; i++)
        {
            long count = core.Counters.Dropped((DropReason)i);
            moved = count != _dropsBefore[i] ? Mix(moved, (ulong)i + 1) : moved;
            _dropsBefore[i] = count;
        }

        ForwarderCounters c = core.Counters;
        long[] now = [c.PassedPackets, c.AnsweredPackets, c.InPackets, c.OutPackets, c.NewConnections];
        for (int i = 0; i < now.Length; i++)
        {
            moved = now[i] != _totalsBefore[i] ? Mix(moved, (ulong)i + 100) : moved;
        }

        _totalsBefore = now;
        return Mix(shape, moved);
    }

    private static ConnectionState StateOf(ForwardingCore core, in Packet packet)
    {
        FlowTuple outside = new(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        FlowTuple inside = new(packet.Protocol, packet.Destination, packet.DestinationPort, packet.Source, packet.SourcePort);
        int slot = core.Connections.FindOutside(in outside, long.MinValue / 2);
        slot = slot != 0 ? slot : core.Connections.FindInside(in inside, long.MinValue / 2);
        return slot == 0 ? (ConnectionState)255 : core.Connections[slot].State;
    }

    private void Learn(ulong behaviour)
    {
        if (!_seen.Add(behaviour))
        {
            return;
        }

        if (_corpus.Count < MostKept)
        {
            _corpus.Add(_input);
        }
        else
        {
            _corpus[_random.Next(_corpus.Count)] = _input;
        }
    }

    private static ulong Mix(ulong a, ulong b) => ((a ^ (b + 0x9e37_79b9_7f4a_7c15)) * 0xbf58_476d_1ce4_e5b9) ^ (a >> 29);

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
