using HaLvs.Heartbeat;

namespace HaLvs.Simulation;

/// <summary>What goes wrong in a run, drawn from its seed.</summary>
public sealed class Faults(Run run)
{
    private Chance Chance => run.World.Chance;

    /// <returns>When everything shall be repaired.</returns>
    public TimeSpan Plan()
    {
        for (var i = 0; i < 2; i++)
        {
            var node = run.Nodes[i];
            run.World.In(Chance.Happens(0.9) ? Chance.Between(0, 400) : Chance.Between(0, 9000), () => node.Boot(power: true));
        }

        var until = TimeSpan.FromSeconds(6) + Chance.Between(0, 12000);
        if (Chance.Happens(0.15)) PlainPartition(until);
        else Mixture(until);
        return until;
    }

    private void PlainPartition(TimeSpan until)
    {
        run.Tally.Count("runs with a plain partition");
        if (Chance.Happens(0.5)) run.World.At(TimeSpan.FromSeconds(3), () => run.Nodes[Chance.Below(2)].Input(new NodeInput.OperatorSwitchover(null)));
        run.World.At(TimeSpan.FromSeconds(5) + (until / 8), () => Cut(6, until));
    }

    private void Mixture(TimeSpan until)
    {
        if (Chance.Happens(0.4)) LossyFromTheStart();
        if (Chance.Happens(0.05)) run.WrongConfirms = true;
        var count = 2 + Chance.Below(10);
        for (var i = 0; i < count; i++) run.World.At(Chance.Between(500, until.TotalMilliseconds), One);
    }

    private void LossyFromTheStart()
    {
        var (loss, duplication, corruption) = (Chance.Share() * 0.3, Chance.Share() * 0.2, Chance.Share() * 0.1);
        foreach (var cable in run.Cables)
            (cable.Loss, cable.Duplication, cable.Corruption, cable.JitterMs) = (loss, duplication, corruption, Chance.Share() * 80);
        run.Tally.Count("runs with lossy links");
    }

    private void One()
    {
        run.Trouble();
        var n = Chance.Below(2);
        var node = run.Nodes[n];
        switch (Chance.Below(21))
        {
            case 0: Cut(1, Until(200, 8000)); break;
            case 1: Cut(2, Until(200, 8000)); break;
            case 2 or 3 or 4: Cut(6, Until(200, 12000)); break;
            case 5: OneWay(n, Until(200, 8000)); break;
            case 6 or 7: PowerCut(node); break;
            case 8: Kill(node); break;
            case 9 or 10: Pause(node); break;
            case 11: Set("disk full", () => node.DiskFull = true, () => node.DiskFull = false, 500, 8000); break;
            case 12 or 13: BreakDevice(n); break;
            case 14: Set("taking fails", () => node.TakeFails = 0.7, () => node.TakeFails = 0, 500, 6000); break;
            case 15: Set("releasing fails", () => node.ReleaseFails = 0.7, () => node.ReleaseFails = 0, 500, 6000); break;
            case 16: Set("external network down", () => node.ExternalDown = true, () => node.ExternalDown = false, 500, 9000); break;
            case 17: Switchover(node); break;
            case 18: Vouch(n); break;
            case 19: Replays(); break;
            default: OperatorOrder(n); break;
        }
    }

    private TimeSpan Until(double fromMs, double toMs) => run.World.Now + Chance.Between(fromMs, toMs);

    private void Set(string name, Action begin, Action end, double fromMs, double toMs)
    {
        run.Tally.Count(name);
        run.World.Note(name);
        begin();
        run.World.At(Until(fromMs, toMs), end);
    }

    private void Cut(int cables, TimeSpan until)
    {
        run.Tally.Count(cables == 6 ? "full partitions" : "links cut");
        Cable[] cut = cables == 6 ? run.Cables : [.. Enumerable.Range(0, cables).SelectMany(_ => Link(Chance.Below(3)))];
        run.World.Note(cables == 6 ? "every link is cut" : $"{cables} links are cut");
        SetDown(cut, true);
        run.World.At(until, () => SetDown(cut, false));
    }

    private Cable[] Link(int link) => [run.Cables[2 * link], run.Cables[(2 * link) + 1]];

    private void OneWay(int from, TimeSpan until)
    {
        run.Tally.Count("one-way partitions");
        run.World.Note($"nothing passes from {Timing.Names[from]}");
        Cable[] cut = [run.Cables[from], run.Cables[2 + from], run.Cables[4 + from]];
        SetDown(cut, true);
        run.World.At(until, () => SetDown(cut, false));
    }

    private void SetDown(Cable[] cables, bool down)
    {
        foreach (var cable in cables) cable.Down = down;
        run.CablesChanged();
    }

    private void PowerCut(Node node)
    {
        run.Tally.Count("power cuts");
        node.PowerOff("loses power");
        if (Chance.Happens(0.7)) run.World.At(Until(300, 15000), () => node.Boot(power: true));
    }

    private void Kill(Node node)
    {
        run.Tally.Count("processes killed");
        node.Kill("is killed");
        run.World.At(Until(50, 4000), () => node.Boot(power: false));
    }

    private void Pause(Node node)
    {
        run.Tally.Count("pauses");
        node.Pause(Chance.Happens(0.5) ? Chance.Between(5, 700) : Chance.Between(300, 9000));
    }

    private void BreakDevice(int node)
    {
        var fault = (PowerFault)(1 + Chance.Below(5));
        var device = run.Devices[node];
        Set($"power device {fault}", () => device.Fault = fault, () => device.Fault = PowerFault.None, 1000, 12000);
    }

    private void Switchover(Node node)
    {
        run.Tally.Count("switchovers asked");
        if (Chance.Happens(0.2)) node.DrainFails = 1;
        node.Input(new NodeInput.OperatorSwitchover(null));
        run.World.At(Until(1000, 3000), () => node.DrainFails = 0);
    }

    /// <summary>Correct unless the run is one with wrong confirmations.</summary>
    private void Vouch(int node)
    {
        var target = run.Nodes[1 - node];
        if (target.Powered && !run.WrongConfirms) return;
        run.Tally.Count(target.Powered ? "wrong confirmations" : "confirmations");
        run.Nodes[node].Input(new NodeInput.OperatorConfirm(Timing.Names[1 - node], "operator"));
    }

    private void Replays()
    {
        run.World.Note("recordings are replayed");
        for (var i = 0; i < 60; i++) run.World.In(Chance.Between(0, 4000), () => Chance.Of(run.Cables).Replay());
    }

    private void OperatorOrder(int node)
    {
        if (Chance.Happens(0.5))
        {
            run.Tally.Count("fences ordered");
            run.Nodes[node].Input(new NodeInput.OperatorFence(Timing.Names[1 - node]));
            return;
        }

        run.Tally.Count("orderly stops");
        run.Nodes[node].Input(new NodeInput.Stop());
        run.World.At(Until(5500, 9000), () => run.Nodes[node].Boot(power: false));
    }
}
