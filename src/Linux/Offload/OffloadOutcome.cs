namespace HaLvs.Linux.Offload;

/// <summary>What became of a flow that was to be inserted. All but the first: it stays on the user path, and nothing of it is in the maps.</summary>
public enum OffloadOutcome : byte
{
    Inserted,

    /// <summary>The map is full.</summary>
    Full,

    /// <summary>The program cannot translate it: see <see cref="OffloadFlow"/>; or its slot or next hop lies outside the limits.</summary>
    Unsuitable,

    /// <summary>The kernel refused for another reason, after several attempts.</summary>
    Refused,
}
