using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Loops;

/// <summary>Optional ping targets: tells "my network is broken" from "the peer is gone". Never evidence about the peer (I2).</summary>
public sealed class PingWatch(ImmutableArray<IPAddress> targets, Action<NodeInput> post)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(400);

    public async Task RunAsync(CancellationToken cancel)
    {
        if (targets.IsEmpty)
            return;
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var answers = await Task.WhenAll(targets.Select(AnswersAsync));
            post(new NodeInput.Pings(answers.Count(a => a), targets.Length));
        }
    }

    private static async Task<bool> AnswersAsync(IPAddress target)
    {
        using var ping = new Ping();
        try
        {
            return (await ping.SendPingAsync(target, AnswerWithin)).Status == IPStatus.Success;
        }
        catch (Exception e) when (e is PingException or InvalidOperationException)
        {
            return false;
        }
    }
}
