namespace HaLvs.Lab.Tests.Network;

/// <summary>One lab for all tests, one test at a time: brought up before the first, taken down after the last.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if (Privilege.ReasonToSkip is null)
        {
            (await LabNetwork.DownAsync()).OutputOrFail();
            (await LabNetwork.UpAsync()).OutputOrFail();
        }
    }

    public async Task DisposeAsync()
    {
        if (Privilege.ReasonToSkip is null)
        {
            (await LabNetwork.DownAsync()).OutputOrFail();
        }
    }
}
