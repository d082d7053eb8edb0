using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Guard;

/// <summary>Between "find service" and "schedule": may this packet open a connection at all?</summary>
internal sealed class Admission(Defense defense, ClientLimits limits)
{
    /// <summary>None: it may, and counts as one of its client's.</summary>
    public DropReason Refuses(in Packet packet, long now) => defense.DropsNew() ? DropReason.DefenseDrop : limits.Ask(packet.Source, now);
}
