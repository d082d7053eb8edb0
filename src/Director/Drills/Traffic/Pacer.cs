namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// Absolute times of an even beat: beat n is due at start + n × period, so that lateness never adds up. Beats that are later than
/// <paramref name="patience"/> are left out: after a machine stood still, a burst would measure itself.
/// </summary>
internal sealed class Pacer(double start, double period, double patience)
{
    /// <summary>Number of the next beat.</summary>
    public long Next { get; private set; }

    public double DueAt => start + (Next * period);

    /// <summary>Whether a beat is due; its number is <paramref name="beat"/>.</summary>
    public bool TryTake(double now, out long beat)
    {
        if (now - DueAt > patience)
        {
            Next = (long)Math.Ceiling((now - start) / period);
        }

        beat = Next;
        if (now < DueAt)
        {
            return false;
        }

        Next++;
        return true;
    }
}
