namespace HaLvs.Heartbeat.Wire;

/// <summary>One life of one director process: a durable counter, +1 and synced before the first message, and the boot id of its kernel.</summary>
/// <param name="Counter">Grows by one per start; kept in the state directory.</param>
/// <param name="BootId">First 8 bytes of /proc/sys/kernel/random/boot_id.</param>
/// <param name="Nonce">Random per life; the peer echoes it, so recordings cannot replay to a freshly started node.</param>
public readonly record struct Incarnation(ulong Counter, ulong BootId, ulong Nonce);
