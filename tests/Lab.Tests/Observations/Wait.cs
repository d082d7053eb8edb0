using System.Diagnostics;

namespace HaLvs.Lab.Tests.Observations;

public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the condition holds; fails with what was waited for when the deadline passes first.</summary>
    public static async Task UntilAsync(string what, TimeSpan deadline, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < deadline, $"not within {deadline.TotalSeconds:0.#} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks for the whole time; fails as soon as the condition does not hold.</summary>
    public static async Task WhileAsync(string what, TimeSpan time, Func<Task<bool>> condition)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; await Task.Delay(Pause))
        {
            Assert.True(await condition(), $"no longer true after {watch.Elapsed.TotalSeconds:0.0} s: {what}");
        }
    }
}
