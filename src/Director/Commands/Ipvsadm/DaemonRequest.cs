using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>A sync daemon to be started or stopped; zero and null mean the kernel's default.</summary>
internal sealed record DaemonRequest(bool Master)
{
    public string Interface { get; init; } = "";

    public int SyncId { get; init; }

    public int MaximumLength { get; init; }

    public Ip? Group { get; init; }

    public int Port { get; init; }

    public int Ttl { get; init; }
}
