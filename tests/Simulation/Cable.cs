using HaLvs.Heartbeat.Wire;

namespace HaLvs.Simulation;

/// <summary>What one end put on a cable, with the truth about it that no receiver can see.</summary>
/// <param name="Words">What the bytes say; null when they were damaged on the way.</param>
/// <param name="Original">Not a recording.</param>
public sealed record Frame(int Sender, int SenderLife, TimeSpan SentAt, byte[] Bytes, HeartbeatMessage? Words, bool Original);

/// <summary>One direction of one heartbeat link. A serial line carries bytes through the production framer; a network carries datagrams.</summary>
public sealed class Cable(World world, Tally tally, bool serial, Action<Frame> deliver)
{
    private const int RecordingsMaximum = 64;
    private readonly List<Frame> _recordings = [];
    private SerialFramer _framer = new();

    public bool Down { get; set; }

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public double Corruption { get; set; }

    public double JitterMs { get; set; }

    public void Heal() => (Down, Loss, Duplication, Corruption, JitterMs) = (false, 0, 0, 0, 0);

    public void Send(Frame frame)
    {
        if (_recordings.Count < RecordingsMaximum) _recordings.Add(frame);
        else if (world.Chance.Happens(0.05)) _recordings[world.Chance.Below(RecordingsMaximum)] = frame;
        if (Down || world.Chance.Happens(Loss))
        {
            tally.Count("frame lost");
            return;
        }

        Carry(frame);
        if (!world.Chance.Happens(Duplication)) return;
        tally.Count("frame duplicated");
        Carry(frame);
    }

    /// <summary>An eavesdropper with the wire in hand: anything ever recorded on this cable, again.</summary>
    public void Replay()
    {
        if (_recordings.Count == 0) return;
        tally.Count("frame replayed");
        Arrive(world.Chance.Of(_recordings) with { Original = false });
    }

    private void Carry(Frame frame)
    {
        var delay = serial ? world.Chance.Between(12, 15 + JitterMs) : world.Chance.Between(0.1, 1 + JitterMs);
        world.In(delay, () => { if (!Down) Arrive(frame); });
    }

    private void Arrive(Frame frame)
    {
        if (serial) ArriveAsBytes(frame);
        else deliver(Damage(frame));
    }

    private void ArriveAsBytes(Frame frame)
    {
        var line = SerialFramer.Encode(frame.Bytes);
        if (world.Chance.Happens(Corruption)) line = DamageLine(line);
        if (world.Chance.Happens(0.0005)) _framer = new SerialFramer();
        foreach (var message in _framer.Feed(line))
            deliver(message.AsSpan().SequenceEqual(frame.Bytes) ? frame : frame with { Bytes = message, Words = null, Original = false });
    }

    private byte[] DamageLine(byte[] line)
    {
        tally.Count("serial bytes damaged");
        var at = world.Chance.Below(line.Length);
        switch (world.Chance.Below(3))
        {
            case 0: return [.. line[..at], .. line[(at + 1)..]];
            case 1: return [.. line[..at], (byte)world.Chance.Next(), .. line[at..]];
            default:
                line[at] ^= (byte)(1 + world.Chance.Below(255));
                return line;
        }
    }

    private Frame Damage(Frame frame)
    {
        if (!world.Chance.Happens(Corruption)) return frame;
        tally.Count("datagram damaged");
        var bytes = frame.Bytes.ToArray();
        bytes[world.Chance.Below(bytes.Length)] ^= (byte)(1 + world.Chance.Below(255));
        return frame with { Bytes = world.Chance.Happens(0.3) ? bytes[..world.Chance.Below(bytes.Length)] : bytes, Words = null, Original = false };
    }
}
