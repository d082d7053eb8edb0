namespace HaLvs.Forwarder.Services;

/// <summary>What ipvsadm --stats shows of a service or of a server: totals since it was made or zeroed.</summary>
internal sealed class TrafficCounters
{
    public long Connections { get; private set; }

    public long InPackets { get; private set; }

    public long OutPackets { get; private set; }

    public long InBytes { get; private set; }

    public long OutBytes { get; private set; }

    /// <summary>What ipvsadm shows: sampled every two seconds.</summary>
    public RateEstimator Estimator { get; } = new();

    public void Sample() => Estimator.Sample(new TrafficTotals(Connections, InPackets, OutPackets, InBytes, OutBytes));

    public void Opened() => Connections++;

    /// <summary>A packet of so many bytes of IP went to the servers, or came from them.</summary>
    public void Carried(int bytes, bool outward)
    {
        if (outward)
        {
            OutPackets++;
            OutBytes += bytes;
        }
        else
        {
            InPackets++;
            InBytes += bytes;
        }
    }

    /// <summary>So many packets at once: what the kernel forwarded.</summary>
    public void Carried(long packets, long bytes, bool outward)
    {
        if (outward)
        {
            (OutPackets, OutBytes) = (OutPackets + packets, OutBytes + bytes);
        }
        else
        {
            (InPackets, InBytes) = (InPackets + packets, InBytes + bytes);
        }
    }

    public void Zero()
    {
        (Connections, InPackets, OutPackets, InBytes, OutBytes) = (0, 0, 0, 0, 0);
        Estimator.Zero();
    }
}
