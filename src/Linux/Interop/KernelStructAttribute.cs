namespace HaLvs.Linux.Interop;

/// <summary>
/// The C type that a struct mirrors. Fields carry the C names; names that begin with an underscore are padding. A test compiles one static
/// assertion for the size of each such struct and for the offset and size of each field, and fails for a struct here without this attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class KernelStructAttribute(string cType) : Attribute
{
    public string CType { get; } = cType;

    /// <summary>The C type goes on where ours ends: the kernel takes a shorter one by its size.</summary>
    public bool IsLonger { get; init; }

    /// <summary>The fields are those of this member of the C type.</summary>
    public string? Member { get; init; }

    /// <summary>The header that declares it, where a machine that only runs the tests may lack it: proven where it is there.</summary>
    public string? Header { get; init; }
}
