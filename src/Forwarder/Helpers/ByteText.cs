using System.Runtime.CompilerServices;

namespace HaLvs.Forwarder.Helpers;

/// <summary>Room for the text that takes another's place: an IPv4 address in FTP's notation, or the bars of an extended reply.</summary>
[InlineArray(Length)]
internal struct ShortText
{
    public const int Length = 48;
    private byte _first;
}

/// <summary>Room for the beginning of a line that is not complete yet.</summary>
[InlineArray(Length)]
internal struct LineText
{
    public const int Length = 128;
    private byte _first;
}
