using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// The kernel's defences against floods: drop_entry, drop_packet and secure_tcp, judged once a second (update_defense_level of
/// net/netfilter/ipvs/ip_vs_ctl.c; Documentation/networking/ipvs-sysctl.rst). Where the kernel looks at free memory we look at free slots: pressure
/// is less than a sixteenth of the table free.
/// </summary>
internal sealed class Defense(ConnectionTable connections)
{
    private const int PressureShare = 16;
    private const int Second = 1000;
    private const int Always = 3;
    private const long QuietMilliseconds = 60_000;

    /// <summary>drop_entry looks at one flow of so many every second, in slices.</summary>
    private const int DroppedShare = 32;
    public const int SlotsPerCall = 1024;

    private readonly sbyte[] _patience = new sbyte[9];
    private IpvsSettings _settings = new();
    private long _judgedAt = long.MinValue;
    private int _dropRate;
    private int _dropCounter;
    private int _slotsToLookAt;
    private int _cursor;

    /// <summary>New connections of which one in so many is dropped; 0: none.</summary>
    public int DropRate => _dropRate;

    public void Configure(IpvsSettings settings)
    {
        _settings = settings;
        _judgedAt = long.MinValue;
    }

    /// <summary>True when this new connection is to be dropped (ip_vs_todrop).</summary>
    public bool DropsNew()
    {
        if (_dropRate == 0 || --_dropCounter > 0)
        {
            return false;
        }

        _dropCounter = _dropRate;
        return true;
    }

    public void Tick(long now)
    {
        if (_judgedAt == long.MinValue || now - _judgedAt >= Second)
        {
            _judgedAt = now;
            Judge();
        }

        Work(now);
    }

    /// <summary>There is more for <see cref="Work"/>.</summary>
    public bool HasWork => _slotsToLookAt > 0 && !connections.IsFrozen;

    /// <summary>On a standby the active's table is the truth.</summary>
    public void Work(long now)
    {
        if (HasWork)
        {
            DropEntries(now);
        }
    }

    private void Judge()
    {
        int threshold = Math.Max(connections.Flows.Capacity / PressureShare, 1);
        int free = connections.Flows.Capacity - connections.Count;
        bool pressure = free < threshold;
        connections.SecureTcp = IsOn(_settings.SecureTcp, pressure);
        _slotsToLookAt = IsOn(_settings.DropEntry, pressure) ? Math.Max(connections.Flows.HighWater / DroppedShare, 1) : 0;
        if (_settings.DropPacket == Always)
        {
            _dropRate = Math.Max(_settings.DropRate, 1);
        }
        else if (IsOn(_settings.DropPacket, pressure))
        {
            _dropRate = _dropCounter = threshold / (threshold - free);
        }
        else
        {
            _dropRate = 0;
        }
    }

    /// <summary>The kernel moves between 1 and 2 to show whether the automatic defence works.</summary>
    private static bool IsOn(int mode, bool pressure) => mode == Always || (mode is 1 or 2 && pressure);

    private void DropEntries(long now)
    {
        int slice = Math.Min(_slotsToLookAt, SlotsPerCall);
        _slotsToLookAt -= slice;
        for (; slice > 0 && connections.Flows.HighWater > 0; slice--)
        {
            _cursor = _cursor >= connections.Flows.HighWater ? 1 : _cursor + 1;
            ref Flow flow = ref connections[_cursor];
            if (flow.InUse && GivesUp(in flow, now))
            {
                connections.End(_cursor);
                connections.CountDropped();
            }
        }
    }

    /// <summary>
    /// ip_vs_random_dropentry: half-open ones always (with a template of theirs that was never assured), quiet ones of few packets by chance. And calls that
    /// nobody answered (docs/adr/0018). Ways back of single datagrams are gone in seconds anyway.
    /// </summary>
    private bool GivesUp(in Flow flow, long now) => flow.Controlled == 0 && (flow.Traits & ConnectionTraits.OnePacket) == 0 && flow.State switch
    {
        ConnectionState.SynRecv or ConnectionState.SynAck => flow.Protocol == TransportProtocol.Tcp,
        ConnectionState.SctpInit1 or ConnectionState.SctpInit => true,
        ConnectionState.Established or ConnectionState.SctpEstablished or ConnectionState.Udp => IsQuiet(in flow, now) && LosesPatience(flow.InitiatorPackets),
        ConnectionState.None when flow.Call != 0 => connections.RemainingMilliseconds(in flow, now) + QuietMilliseconds <= flow.OwnTimeout,
        _ => false,
    };

    private bool IsQuiet(in Flow flow, long now) =>
        connections.RemainingMilliseconds(in flow, now) + QuietMilliseconds <= connections.TimeoutOf(flow.State);

    /// <summary>Of flows with n packets one in n goes, for n up to 8 (todrop_entry).</summary>
    private bool LosesPatience(byte packets)
    {
        if (packets is 0 or > 8 || --_patience[packets] > 0)
        {
            return false;
        }

        _patience[packets] = (sbyte)packets;
        return true;
    }
}
