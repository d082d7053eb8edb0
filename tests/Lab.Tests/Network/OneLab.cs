namespace HaLvs.Lab.Tests.Network;

/// <summary>The collection of all tests that share <see cref="LabFixture"/>; xunit runs them one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneLab : ICollectionFixture<LabFixture>
{
    public const string Name = "lab";
}
