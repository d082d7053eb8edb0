namespace HaLvs.Forwarder.Helpers;

/// <summary>How numbers that a receiver gives back become numbers of the sender: one shift, or several in a row.</summary>
internal interface IAcknowledgementMap
{
    /// <summary>An acknowledgement, or the edge of a SACK block, as the sender is to see it.</summary>
    uint Back(uint acknowledgement);
}
