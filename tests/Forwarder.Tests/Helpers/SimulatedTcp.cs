using System.Buffers.Binary;
using System.Text;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Helpers;

/// <summary>
/// One end of a TCP connection, small and strict: it keeps what is not acknowledged and sends it again as it was cut, puts what overtook in order, and
/// fails on an acknowledgement of something that it never sent.
/// </summary>
internal sealed class SimulatedTcp(string own, string peer, uint initial)
{
    private readonly List<(uint Sequence, string Text)> _unacknowledged = [];
    private readonly SortedDictionary<int, string> _early = [];
    private readonly StringBuilder _read = new();
    private uint _next = initial;
    private uint _expected;

    /// <summary>Everything that arrived in order since the last call.</summary>
    public string Read()
    {
        string all = _read.ToString();
        _read.Clear();
        return all;
    }

    public bool AllAcknowledged => _unacknowledged.Count == 0;

    public byte[] Syn() => Segment("S", _next++);

    public byte[] SynAck(byte[] syn)
    {
        _expected = Sequence(syn) + 1;
        return Segment("SA", _next++);
    }

    public byte[] Establish(byte[] synAck)
    {
        _expected = Sequence(synAck) + 1;
        return Segment("A", _next);
    }

    /// <summary>The text cut at these positions, as segments.</summary>
    public List<byte[]> Write(string text, params int[] cuts)
    {
        List<byte[]> segments = [];
        int from = 0;
        foreach (int to in cuts.Append(text.Length))
        {
            string part = text[from..to];
            _unacknowledged.Add((_next, part));
            segments.Add(Segment("PA", _next, part));
            _next += (uint)part.Length;
            from = to;
        }

        return segments;
    }

    public List<byte[]> Repeat() => [.. _unacknowledged.Select(u => Segment("PA", u.Sequence, u.Text))];

    public byte[] Acknowledge() => Segment("A", _next);

    /// <summary>Takes a segment; true when it is to be acknowledged.</summary>
    public bool Receive(byte[] packet)
    {
        Assert.True(ReferenceChecksum.IsValid(packet), Wire.Describe(packet));
        int header = Wire.HeaderBytes(packet);
        uint acknowledged = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(header + 8));
        Assert.True((int)(acknowledged - _next) <= 0, $"{own} never sent what {acknowledged} acknowledges; it is at {_next}");
        _unacknowledged.RemoveAll(u => (int)(u.Sequence + (uint)u.Text.Length - acknowledged) <= 0);
        string text = Encoding.Latin1.GetString(packet.AsSpan(header + ((packet[header + 12] >> 4) * 4)));
        if (text.Length > 0)
        {
            int ahead = (int)(Sequence(packet) - _expected);
            _early[ahead] = _early.TryGetValue(ahead, out string? known) && known.Length > text.Length ? known : text;
            Order();
        }

        return text.Length > 0;
    }

    private void Order()
    {
        while (_early.Count > 0 && _early.First().Key <= 0)
        {
            (int ahead, string text) = _early.First();
            _early.Remove(ahead);
            string fresh = text.Length > -ahead ? text[-ahead..] : "";
            _read.Append(fresh);
            _expected += (uint)fresh.Length;
            (int, string)[] rest = [.. _early.Select(e => (e.Key - fresh.Length, e.Value))];
            _early.Clear();
            foreach ((int at, string later) in rest)
            {
                _early[at] = _early.TryGetValue(at, out string? known) && known.Length > later.Length ? known : later;
            }
        }
    }

    private byte[] Segment(string flags, uint sequence, string text = "") => Wire.Tcp(own, peer, flags, text, sequence, _expected);

    private static uint Sequence(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(Wire.HeaderBytes(packet) + 4));
}
