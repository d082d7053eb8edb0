namespace HaLvs.Lab.Tests;

public static class Privilege
{
    /// <summary>Null for root.</summary>
    public static string? ReasonToSkip =>
        Environment.IsPrivilegedProcess ? null : "The lab needs root for its network namespaces; run: sudo deploy/test";
}
