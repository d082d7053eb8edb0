namespace HaLvs.Linux.Offload;

/// <summary>The offload, or one interface of it, is not to be had: the director works on without. The message is a line for the operator.</summary>
public sealed class OffloadException : IOException
{
    public OffloadException(OffloadRefusal refusal, string message) : base(message) => Refusal = refusal;

    public OffloadRefusal Refusal { get; }
}
