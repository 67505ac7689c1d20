namespace KioskFleet.Service.Patterns;

/// <summary>Every limit of the checks over sales, named in one place.</summary>
internal static class PatternLimits
{
    /// <summary>Example sales of one finding.</summary>
    public const int MaxExamples = 5;

    /// <summary>Findings of one rule about one cabinet and window; the heaviest stay.</summary>
    public const int MaxFoundPerRule = 20;

    /// <summary>Windows of one cabinet and operator that are still looked at.</summary>
    public const int MaxWindows = 400;

    /// <summary>
    /// Days for which a refund of a sale whose window is final is looked at: an assessment that was missed for longer
    /// would not see it.
    /// </summary>
    public const int RecentRefundDays = 31;

    /// <summary>Different prices of one SKU that are told apart in one cabinet and window, outliers aside.</summary>
    public const int MaxPrices = 64;

    /// <summary>Journals whose heads a finding names; the newest.</summary>
    public const int MaxHeads = 3;
}
