using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// One connection in the table. No references, so that the collector never walks a million of them; slot numbers link it into its chains, 0 ends
/// a chain. The addresses mean what <see cref="ConnectionRecord"/> says.
/// </summary>
internal struct Flow
{
    public Ip Client;
    public Ip Virtual;
    public Ip Server;

    /// <summary>Milliseconds of the core's clock. Read it through <see cref="ConnectionTable"/>: frozen timers and restarts move it.</summary>
    public long ExpiresAt;

    /// <summary>Place of the newest change in the log; see <see cref="ChangeLog"/>.</summary>
    public long LogSequence;

    /// <summary>Stamp of its <see cref="Helpers.FtpDialogue"/>; 0: it has none.</summary>
    public uint Dialogue;

    public int OutsideNext;
    public int InsideNext;

    /// <summary>Links of the timer wheel's bucket.</summary>
    public int TimerNext;
    public int TimerPrevious;
    public uint TimerTick;

    /// <summary>The real server in <see cref="Services.ServerRegistry"/>; 0 for a masqueraded flow.</summary>
    public int ServerSlot;

    /// <summary>The flow that this one holds, and the stamp that it had; see <see cref="ConnectionTable.Control"/>. 0: none.</summary>
    public int ControllerSlot;
    public uint ControllerStamp;

    /// <summary>Tells the lives of one slot apart.</summary>
    public uint Stamp;

    /// <summary>How many flows hold this one.</summary>
    public int Controlled;

    /// <summary>
    /// Of a control connection the newest connection that it has announced and that has not begun, of an announced one the one before; 0: none.
    /// </summary>
    public int Announced;

    /// <summary>Milliseconds; 0: the time-out of the state.</summary>
    public uint OwnTimeout;

    /// <summary>Snapshot that confirmed it; older than the current one means stale.</summary>
    public uint SnapshotEpoch;

    public SequenceShift ClientShift;
    public SequenceShift ServerShift;

    /// <summary>Meaningful with <see cref="ConnectionTraits.Hairpin"/> alone: the client as the server sees it.</summary>
    public Ip Gateway;

    public FlowProgress Progress;

    /// <summary>Links of <see cref="EmbryonicFlows"/>.</summary>
    public int EmbryonicNext;
    public int EmbryonicPrevious;

    public uint Mark;
    public ConnectionTraits Traits;
    public ushort ServicePort;
    public ushort ConfiguredPort;
    public ushort ControlClientPort;
    public ushort ControlVirtualPort;
    public ushort ClientPort;
    public ushort VirtualPort;
    public ushort ServerPort;
    public TransportProtocol Protocol;

    /// <summary>The protocols under which the two indexes file it: what no packet has for flows that packets must not find.</summary>
    public TransportProtocol OutsideProtocol;
    public TransportProtocol InsideProtocol;
    public ConnectionKind Kind;
    public ConnectionState State;
    public bool InUse;
    public ushort GatewayPort;
    public sbyte WindowShift;

    /// <summary>What the client's cookie said, while the SYN proxy waits for the server.</summary>
    public SynOptions ProxyOptions;

    /// <summary>Packets of the side that began, up to 255 (in_pkts of struct ip_vs_conn, which the kernel's drop_entry looks at).</summary>
    public byte InitiatorPackets;
    public FlowMarks Marks;

    /// <summary>
    /// Number of a template's Call-ID in <see cref="Calls.CallTable"/>: then it is found there and in neither index. 0: none. A template has no dialogue, and
    /// every four bytes here are four megabytes.
    /// </summary>
    public int Call
    {
        readonly get => Kind == ConnectionKind.Template ? (int)Dialogue : 0;
        set => Dialogue = (uint)value;
    }

    /// <summary>The outside end as the server sees it.</summary>
    public readonly Ip ClientInside => (Traits & ConnectionTraits.Hairpin) != 0 ? Gateway : Client;

    public readonly ushort ClientPortInside => (Traits & ConnectionTraits.Hairpin) != 0 ? GatewayPort : ClientPort;

    /// <summary>Its packets are the affair of <see cref="Helpers.ControlChannels"/>.</summary>
    public readonly bool IsAssisted => (Traits & (ConnectionTraits.Ftp | ConnectionTraits.Tftp)) != 0 || IsShifted;

    /// <summary>Its TCP segments need <see cref="Helpers.SequenceShifting"/>.</summary>
    public readonly bool IsShifted => (ClientShift.Before | ClientShift.After | ServerShift.Before | ServerShift.After) != 0;
}
