using HaLvs.Director.Commands;
using HaLvs.Director.Loops;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Runtime;

/// <summary>
/// How the table changes: tried out aside, written to disk, then put in force in one short hold of the gate. What the original's errors are (a service
/// that exists already) is an outcome of one line, and the others go on; anything unexpected undoes all of it, on disk too.
/// </summary>
public sealed partial class RuntimeServices
{
    /// <summary>Of any table that was in force here: a number is never used for two tables, so that an old confirmation cannot pass for a new one.</summary>
    private ulong _highestVersion;

    /// <param name="also">What else belongs to the transaction: gets the table that the changes make.</param>
    /// <exception cref="OperatorException">Nothing was changed.</exception>
    private IReadOnlyList<ChangeOutcome> Change(IReadOnlyList<ServiceChange> changes, string who, Func<RuntimeSnapshot, RuntimeSnapshot> also)
    {
        lock (_writing)
        {
            RequireForwarding();
            RuntimeSnapshot before = _now;
            (IReadOnlyList<ChangeOutcome> outcomes, RuntimeSnapshot after) = Tried(before, changes);
            after = also(after);
            ServiceChange[] good = [.. changes.Zip(outcomes).Where(c => c.Second == ChangeOutcome.Done).Select(c => c.First)];
            if (after.Runs(before))
            {
                Force(() => Swap(before, before, core => Repeat(core, good), mustServe: true)); // Counters set to 0, edits to what is.
                return outcomes;
            }

            after = Numbered(after).WithNotes(Drift.Notes(before, after, who, _time.GetUtcNow()));
            Commit(before, after, core => Repeat(core, good), mustServe: true);
            ReportChange(before, after, who);
            return outcomes;
        }
    }

    private (IReadOnlyList<ChangeOutcome> Outcomes, RuntimeSnapshot After) Tried(RuntimeSnapshot before, IReadOnlyList<ServiceChange> changes)
    {
        try
        {
            return _draft.Try(before, changes);
        }
        catch (Exception e)
        {
            throw Undone(e);
        }
    }

    /// <summary>On the packets' table with the outcomes that are known: another one means that the two tables are not the same.</summary>
    private static void Repeat(ForwardingCore core, IEnumerable<ServiceChange> changes)
    {
        foreach (ServiceChange change in changes)
        {
            ServiceOutcome outcome = CoreChange.Apply(core, change, DataPlane.Now);
            if (outcome != ServiceOutcome.Done)
            {
                throw new InvalidOperationException($"The table that forwards is not the one that is kept: {outcome} for {change}.");
            }
        }
    }

    private RuntimeSnapshot Numbered(RuntimeSnapshot next) => next with { Version = Math.Max(_highestVersion, _now.Version) + 1, Epoch = Epoch() };

    /// <summary>What is not on disk does not run: it would be lost without a word. So the disk comes first.</summary>
    private void Commit(RuntimeSnapshot before, RuntimeSnapshot after, Action<ForwardingCore> change, bool mustServe)
    {
        int bytes = after.ToMessage(DataPlane.Now).CalculateSize();
        if (bytes > RuntimeSnapshot.LargestBytes)
        {
            throw new OperatorException($"nothing was changed: the table would take {bytes} bytes, and {RuntimeSnapshot.LargestBytes} fit into a message to the standby");
        }

        try
        {
            _keeper.Write(after);
        }
        catch (LinuxException e)
        {
            throw Undone(e);
        }

        try
        {
            Force(() => Swap(before, after, change, mustServe));
        }
        catch (OperatorException)
        {
            _keeper.Unkept();
            _keeper.Keep(before);
            throw;
        }
    }

    /// <summary>In one hold of the gate, or not at all.</summary>
    /// <exception cref="Exception">Whatever went wrong; <paramref name="before"/> is in force.</exception>
    private void Swap(RuntimeSnapshot before, RuntimeSnapshot after, Action<ForwardingCore> change, bool mustServe)
    {
        lock (_dataPlane.Gate)
        {
            if (mustServe)
            {
                RequireForwarding();
            }

            try
            {
                _dataPlane.Core.Together(() =>
                {
                    change(_dataPlane.Core);
                    Settle(before, after);
                });
            }
            catch (Exception)
            {
                _dataPlane.Core.Together(() =>
                {
                    _dataPlane.Core.ApplyServices(before.Services);
                    Settle(after, before);
                });
                throw;
            }

            _now = after;
            _highestVersion = Math.Max(_highestVersion, after.Version);
        }
    }

    private void Settle(RuntimeSnapshot before, RuntimeSnapshot after)
    {
        ForwardingCore core = _dataPlane.Core;
        if (core.Options.Timeouts != after.Timeouts)
        {
            core.Configure(core.Options with { Timeouts = after.Timeouts });
        }

        LiveDrains.Apply(core, before.Drains, after.Drains, DataPlane.Now);
    }

    private void RequireForwarding()
    {
        lock (_dataPlane.Gate)
        {
            if (!Serves())
            {
                throw new OperatorException("this node does not forward now (a handover may be under way): make the change on the node that serves, see halvs status");
            }
        }
    }

    /// <summary>What the operator cannot have meant becomes his error, once and with its reason.</summary>
    private void Force(Action swap)
    {
        try
        {
            swap();
        }
        catch (Exception e) when (e is not OperatorException)
        {
            throw Undone(e);
        }
    }

    private OperatorException Undone(Exception why)
    {
        _events.Add(EventSeverity.Alarm, "services", $"a run-time change was not made, nothing of it is in force: {why.Message}");
        return new OperatorException($"nothing was changed: {why.Message}", why);
    }

    private void ReportChange(RuntimeSnapshot before, RuntimeSnapshot after, string who)
    {
        string[] lines = [.. Drift.Notes(before, after, who, default).Select(n => n.Text)];
        if (lines.Length > 0)
        {
            _events.Add(EventSeverity.Notice, "services", $"{who}: {string.Join("; ", lines.Take(10))}{(lines.Length > 10 ? $"; and {lines.Length - 10} more" : "")}");
        }

        foreach (string warning in Unreachable.Between(before.Services, after.Services))
        {
            _events.Add(EventSeverity.Warning, "services", warning);
        }
    }
}
