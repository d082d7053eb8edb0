using System.Globalization;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>Columns as printf pads them, and the large numbers of --stats and --rate.</summary>
internal static class FixedWidth
{
    /// <summary>%-Ns</summary>
    public static string Left(string text, int width) => text.PadRight(width);

    public static string Left(long number, int width) => Number(number).PadRight(width);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Nine columns; from 100 million on in thousands, millions and so on, unless exact.</summary>
    public static string Large(long number, bool exact)
    {
        if (exact)
        {
            string digits = Number(number);
            return digits.PadLeft(digits.Length <= 8 ? 9 : digits.Length + 1);
        }

        return number switch
        {
            < 100_000_000 => Number(number).PadLeft(9),
            < 1_000_000_000 => Number(number / 1_000).PadLeft(8) + "K",
            < 100_000_000_000 => Number(number / 1_000_000).PadLeft(8) + "M",
            < 100_000_000_000_000 => Number(number / 1_000_000_000).PadLeft(8) + "G",
            _ => Number(number / 1_000_000_000_000).PadLeft(8) + "T",
        };
    }
}
