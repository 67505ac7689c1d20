using System.Globalization;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>The sentences of rules and findings, and how their values are written. Pure.</summary>
internal static class PatternWords
{
    /// <summary>One hundred per cent, in basis points.</summary>
    public const int Whole = 10_000;

    /// <summary>The texts of this capability.</summary>
    public static TwoLanguages Texts { get; } = new("KioskFleet.Service.Patterns.PatternText");

    /// <summary>The sentence that explains a finding.</summary>
    public static Bilingual Found(FindingKind kind, IReadOnlyList<string> values) => Fill($"Found{kind}", values);

    /// <summary>The sentence that explains a rule with its thresholds.</summary>
    public static Bilingual Rule(FindingKind kind, IReadOnlyList<string> values) => Fill($"Rule{kind}", values);

    /// <summary>A number.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>An amount in yuan with its two decimals.</summary>
    public static string Yuan(long fen) =>
        ((decimal)fen / 100).ToString("#,0.00", CultureInfo.InvariantCulture);

    /// <summary>Basis points in percent.</summary>
    public static string Percent(long basisPoints) =>
        ((decimal)basisPoints / 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>A share in percent, rounded down; a dash without a positive total.</summary>
    public static string Share(long aidFen, long totalFen) =>
        Compliance.AidShareRule.ShareBasisPoints(aidFen, totalFen) is { } share ? Percent(share) : "–";

    private static Bilingual Fill(string key, IReadOnlyList<string> values)
    {
        var text = Texts[key];
        object[] arguments = [.. values];
        return new Bilingual(
            string.Format(CultureInfo.InvariantCulture, text.Zh, arguments),
            string.Format(CultureInfo.InvariantCulture, text.En, arguments));
    }
}
