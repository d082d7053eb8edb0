using System.Globalization;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>Decimal numbers as strtol(3) takes them: leading blanks and a sign, then digits to the very end.</summary>
internal static class NumberText
{
    private static readonly char[] s_blanks = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>Null: no number, or outside the range.</summary>
    public static long? Parse(string text, long minimum, long maximum)
    {
        string rest = text.TrimStart(s_blanks);
        string digits = rest.StartsWith('-') || rest.StartsWith('+') ? rest[1..] : rest;
        bool isNumber = digits.Length > 0 && digits.All(char.IsAsciiDigit)
            && long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long _);
        return isNumber && long.Parse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var value && value >= minimum && value <= maximum
            ? value
            : null;
    }
}
