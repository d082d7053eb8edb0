namespace HaLvs.Stonith.Plan;

/// <summary>
/// One device within the running level:
/// <code>
///   Switching --done--> Reading --off--> ReadOff
///       |                |   ^
///     failed     on, unknown |  poll interval
///       |                v   |
///       |             Polling --- off time-out --+
///       v                                        v
///    Pausing (an attempt is left) or Failed  &lt;---+
///       |
///       +--> Switching
/// </code>
/// A failed reading does not end the attempt: off was accepted, so reading on until the off time-out is the quickest way to know.
/// </summary>
internal sealed class DeviceRun(FenceDeviceLimits limits, FenceOutbox outbox)
{
    private int _attempt;
    private ulong _offCommand;
    private TimeSpan _offSentAt;
    private TimeSpan _sentAt;
    private string _lastReading = "";

    public string Device => limits.Device;

    public DeviceRunPhase Phase { get; private set; }

    /// <summary>The command whose answer is awaited; 0 for none.</summary>
    public ulong Awaited { get; private set; }

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public TimeSpan? Due { get; private set; }

    public string Detail { get; private set; } = "";

    /// <summary>The proof: the status command that read off was sent after the off command of the same attempt.</summary>
    public bool IsProven => Phase == DeviceRunPhase.ReadOff && _offCommand != 0 && ReadBy > _offCommand;

    private ulong ReadBy { get; set; }

    public void SwitchOff(TimeSpan now)
    {
        _attempt++;
        _offSentAt = now;
        _lastReading = "";
        _offCommand = Send(DeviceAction.Off, DeviceRunPhase.Switching, now);
    }

    public void Answered(DeviceAnswer answer, TimeSpan now)
    {
        var command = Awaited;
        Awaited = 0;
        if (Phase == DeviceRunPhase.Switching) SwitchAnswered(answer, now);
        else if (Phase == DeviceRunPhase.Reading) ReadingAnswered(command, answer, now);
        else throw new InvalidOperationException($"fence device {Device}: an answer in phase {Phase}, where none is awaited");
    }

    public void Tick(TimeSpan now)
    {
        if (Due is not { } due || now < due) return;
        if (Awaited != 0) Answered(DeviceAnswer.Failed($"no answer within {DurationText.Of(limits.CommandTimeout)}"), now);
        else if (Phase == DeviceRunPhase.Polling) Read(now);
        else SwitchOff(now);
    }

    private void SwitchAnswered(DeviceAnswer answer, TimeSpan now)
    {
        Tell("off", answer, now);
        if (answer.Reply == DeviceReply.Done) Read(now);
        else FailAttempt($"off failed: {answer.Detail}", now);
    }

    private void ReadingAnswered(ulong command, DeviceAnswer answer, TimeSpan now)
    {
        TellReading(answer, now);
        if (answer.Reply == DeviceReply.Off) Prove(command, now);
        else if (now >= _offSentAt + limits.OffTimeout) FailAttempt($"not off within {DurationText.Of(limits.OffTimeout)}, last reading: {_lastReading}", now);
        else WaitUntil(Earlier(now + limits.PollInterval, _offSentAt + limits.OffTimeout), DeviceRunPhase.Polling);
    }

    private void Prove(ulong command, TimeSpan now)
    {
        ReadBy = command;
        Phase = DeviceRunPhase.ReadOff;
        Due = null;
        Detail = $"{Device} read off {DurationText.Of(now - _offSentAt)} after the off command";
    }

    private void FailAttempt(string reason, TimeSpan now)
    {
        Detail = $"{Device}: {reason}";
        if (_attempt < limits.Attempts)
        {
            outbox.Event($"{Device} attempt {_attempt} of {limits.Attempts} failed: {reason}");
            WaitUntil(now + limits.PollInterval, DeviceRunPhase.Pausing);
            return;
        }
        Phase = DeviceRunPhase.Failed;
        Due = null;
    }

    private void Read(TimeSpan now) => Send(DeviceAction.Status, DeviceRunPhase.Reading, now);

    private ulong Send(DeviceAction action, DeviceRunPhase phase, TimeSpan now)
    {
        Awaited = outbox.Command(Device, action);
        _sentAt = now;
        WaitUntil(now + limits.CommandTimeout, phase);
        return Awaited;
    }

    private void WaitUntil(TimeSpan due, DeviceRunPhase phase)
    {
        Due = due;
        Phase = phase;
    }

    /// <summary>Polls come every few milliseconds: only a reading that differs from the one before is news.</summary>
    private void TellReading(DeviceAnswer answer, TimeSpan now)
    {
        var reading = answer.Reply is DeviceReply.On or DeviceReply.Off
            ? answer.Reply.ToString().ToLowerInvariant()
            : $"unknown ({answer.Detail})";
        if (reading != _lastReading) Tell("status", answer, now);
        _lastReading = reading;
    }

    private void Tell(string action, DeviceAnswer answer, TimeSpan now) =>
        outbox.Event($"{Device} {action}: {answer.Reply.ToString().ToLowerInvariant()} after {DurationText.Of(now - _sentAt)} ({answer.Detail})");

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
