using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Names;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Words from a list, and names.</summary>
internal static class WordText
{
    public static Func<string, Parsed<string>> OneOf(string what, IReadOnlyList<string> words) => text =>
        words.Contains(text)
            ? text
            : Parsed.Bad<string>($"\"{text}\" is not {what}; {NearestName.Question(text, words)}known: {string.Join(", ", words)}");

    public static Parsed<string> Name(string text) =>
        NameRule.Complaint(text) is { } complaint ? Parsed.Bad<string>($"\"{text}\": {complaint}") : text;

    public static Parsed<string> NotEmpty(string text) =>
        text.Length > 0 && !text.Any(char.IsControl) ? text : Parsed.Bad<string>("is empty or has control characters; write a value");

    /// <summary>The kernel's rule (dev_valid_name in net/core/dev.c): 1 to 15 bytes, no slash, colon or white space, not "." or "..".</summary>
    public static Parsed<string> Interface(string text) =>
        text is not ("" or "." or "..") && text.Length <= 15 && text.All(c => c is > ' ' and < (char)127 and not ('/' or ':'))
            ? text
            : Parsed.Bad<string>($"\"{text}\" is not the name of a network interface; write 1 to 15 characters like eth0");

    public static Parsed<string> Offload(string text) => OneOf("an offload", ["auto", "tc", "xdp", "off"])(text);

    /// <summary>Path of an HTTP request: RFC 9112 section 3.2.1, origin form.</summary>
    public static Parsed<string> RequestPath(string text) =>
        text.StartsWith('/') && text.All(c => c is > ' ' and < (char)127)
            ? text
            : Parsed.Bad<string>($"\"{text}\" is not the path of a request; begin with / and use no spaces: \"/health\"");

    /// <summary>The power controller of a node: an IPv4 address, or a host name.</summary>
    public static Parsed<string> Controller(string text)
    {
        Parsed<System.Net.IPAddress> address = Ipv4Text.Host(text);
        bool looksLikeAddress = text.Length == 0 || text.All(c => char.IsAsciiDigit(c) || c is '.' or ':');
        return address.Complaint is null || (!looksLikeAddress && NameRule.IsHostName(text)) ? text : Parsed.Bad<string>(address.Complaint);
    }
}
