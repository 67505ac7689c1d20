using System.Globalization;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Amounts as county offices write them, in 万元 (ten thousand yuan, a million fen), with up to six decimals: the last
/// one is a fen. Pure.
/// </summary>
internal static class WanYuan
{
    private const decimal FenPerWanYuan = 1_000_000m;

    /// <summary>Reads an amount in fen; false when it is none, negative, or finer than a fen.</summary>
    public static bool TryParse(string text, out long fen)
    {
        fen = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var wanYuan)
            || wanYuan > CatalogueLimits.MaxValueFen / FenPerWanYuan)
        {
            return false;
        }

        var exact = wanYuan * FenPerWanYuan;
        fen = (long)exact;
        return fen == exact;
    }

    /// <summary>Writes an amount.</summary>
    public static string Format(long fen) =>
        (fen / FenPerWanYuan).ToString("0.######", CultureInfo.InvariantCulture);
}
