namespace HaLvs.Director.Loops;

/// <summary>SCHED_FIFO priorities: the node loop decides, the links feed it, effects obey. Forwarding stays in the normal class: a packet flood must not starve the heartbeat.</summary>
public static class RealTimePriorities
{
    public const int NodeLoop = 20;

    public const int Link = 19;

    public const int Effects = 18;
}
