using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Calls;

/// <summary>SIP messages as datagrams, and the set-up that operators have for them.</summary>
internal static class Sip
{
    public const string Vip = "192.0.2.100:5060";

    public static byte[] Message(string from, string to, string? callId, string method = "INVITE") => Wire.Udp(from, to, Text(callId, method));

    public static string Text(string? callId, string method = "INVITE", int bytesBefore = 0) =>
        $"{method} sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33\r\n{(bytesBefore > 0 ? $"X-Long: {new string('x', bytesBefore)}\r\n" : "")}"
        + $"{(callId is null ? "" : $"Call-ID: {callId}\r\n")}CSeq: 1 {method}\r\n\r\n";

    /// <summary>Three servers on port 5060; "-o" and the like go to the service.</summary>
    public static TestDirector Director(string options = "-p 360 --pe sip -o", Func<ForwardingCoreOptions, ForwardingCoreOptions>? change = null)
    {
        TestDirector director = new(change);
        Run(director, $"-A -u {Vip} -s rr {options}");
        Run(director, [.. Enumerable.Range(2, 3).Select(i => $"-a -u {Vip} -r 10.0.0.{i}:5060 -m")]);
        return director;
    }

    public static void Run(TestDirector director, params string[] commands) =>
        Assert.All(commands, command => Assert.Equal(HaLvs.Forwarder.Services.ServiceOutcome.Done, IpvsadmCommands.Run(director, command)));

    /// <summary>Where a message of this call goes: "10.0.0.2:5060", or "nothing".</summary>
    public static string Goes(TestDirector director, string from, string? callId, string to = Vip, string method = "INVITE")
    {
        string text = director.Answer(Message(from, to, callId, method));
        return text.Contains(" > ", StringComparison.Ordinal) ? text.Split(' ')[2] : text;
    }
}
