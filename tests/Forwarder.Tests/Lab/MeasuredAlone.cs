namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Tests that measure memory or time: nothing else runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class MeasuredAlone;
