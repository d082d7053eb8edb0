using HaLvs.Director.Runtime;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>Operators, reloads and the peer's word at once: one order, nothing lost, nobody waits for ever.</summary>
public sealed class RuntimeOrderTests
{
    private const int Rounds = 150;

    [Fact]
    public async Task EverybodyAtOnce_CoreDiskAndTableAreOne()
    {
        using RuntimeNode node = new();
        using RuntimeNode peer = new();
        RuntimeState[] words = await WordsAsync(peer);
        Task[] all =
        [
            Repeat(i => node.Services.Adopt(words[i % words.Length], () => { })),
            Repeat(i => node.Services.Reload(RuntimeNode.Model, i % 2 == 0 ? DriftChoice.UseFile : DriftChoice.KeepRuntime, "bob")),
            Repeat(i => node.WeightAsync("10.0.0.3", i).GetAwaiter().GetResult()),
            Repeat(_ => node.Services.Look()),
            Repeat(_ => node.Services.Contents()),
        ];
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(Text(node.Services.ToMessage(0)), Text(node));
        Assert.True(node.Services.IsKept);
        using RuntimeNode restarted = new(node.Folder);
        Assert.Equal(Text(node), Text(restarted));
    }

    [Fact]
    public void Adopt_RoleForbidsIt_ChangesNothing()
    {
        using RuntimeNode node = new();
        using RuntimeNode peer = new();
        Assert.Throws<InvalidOperationException>(() => node.Services.Adopt(peer.Services.ToMessage(0), () =>
        {
            Assert.True(node.Plane.Gate.IsHeldByCurrentThread, "the role cannot change between the question and the change");
            throw new InvalidOperationException("this node serves");
        }));
        Assert.Equal((0UL, true), (node.Services.Version, node.Services.IsKept));
    }

    private static async Task<RuntimeState[]> WordsAsync(RuntimeNode peer)
    {
        RuntimeState[] words = new RuntimeState[7];
        for (int i = 0; i < words.Length; i++)
        {
            await peer.WeightAsync("10.0.0.2", 100 + i);
            words[i] = peer.Services.ToMessage(3);
        }

        return words;
    }

    private static Task Repeat(Action<int> act) => Task.Factory.StartNew(() =>
    {
        for (int i = 1; i <= Rounds; i++)
        {
            act(i);
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string Text(RuntimeState state) => string.Join(' ', state.Table.Services.SelectMany(s => s.Servers).Select(s => $"{s.Address[3]}:{s.Weight}"));

    private static string Text(RuntimeNode node)
    {
        lock (node.Plane.Gate)
        {
            return string.Join(' ', node.Plane.Core.ExportServices().SelectMany(s => s.Servers).Select(s => $"{s.Address.V4 & 255}:{s.Weight}"));
        }
    }
}
