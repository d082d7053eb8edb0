namespace HaLvs.Director.Configuration.Issues;

/// <summary>A place in the configuration file; line and column count from 1, as editors do.</summary>
public readonly record struct Position(int Line, int Column) : IComparable<Position>
{
    /// <summary>The beginning of the file: where a missing table is reported.</summary>
    public static Position Start { get; } = new(1, 1);

    public int CompareTo(Position other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);

    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;
}
