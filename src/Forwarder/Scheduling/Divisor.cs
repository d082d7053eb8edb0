namespace HaLvs.Forwarder.Scheduling;

/// <summary>Greatest common divisors of weights.</summary>
internal static class Divisor
{
    /// <summary>Of one number and 0: that number.</summary>
    public static int Greatest(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
