using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Written;

/// <summary>A value with the place where it stands. A null Setting was missing or unreadable, which has been reported: checks pass over it.</summary>
/// <param name="Given">False: the default; then the place is the table's.</param>
internal sealed record Setting<T>(T Value, Position At, bool Given = true);
