using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>One cabinet under one operator in one window, with the policy that judges it.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator; its sales only.</param>
/// <param name="CountyCode">The county of the operator's last assignment there.</param>
/// <param name="Window">The window.</param>
/// <param name="JudgedOn">The day whose policy judges: today, or the window's last day when it has ended.</param>
/// <param name="HasEnded">True when the window is over and only late data can change it.</param>
/// <param name="Policy">The policy in force on that day.</param>
internal sealed record WatchedWindow(
    string CabinetId, string OperatorId, string CountyCode, JudgingWindow Window, DateOnly JudgedOn, bool HasEnded,
    Policy Policy)
{
    /// <summary>
    /// The aid amount of the window before, in fen: a window that has just begun is small, and one purchase large in
    /// it. Asked for only when it matters.
    /// </summary>
    public required Lazy<long> EarlierAidFen { get; init; }

    /// <summary>
    /// The day of the operator's first sale ever in this cabinet, yyyymmdd; int.MaxValue when there is none.
    /// </summary>
    public required Lazy<int> FirstSaleDay { get; init; }

    /// <summary>
    /// The last day on which the cabinet counts as new, yyyymmdd: so many days after its enrolment, or after the
    /// operator took it over.
    /// </summary>
    public required Lazy<int> LastNewDay { get; init; }

    /// <summary>
    /// What the window counts, from the ledger's totals: of a window that is final, of which only what was given back
    /// lately is read. Null for one that is read whole.
    /// </summary>
    public (long AidFen, long TotalFen)? Counted { get; init; }

    /// <summary>True for a window that is final: only what was given back of it is read.</summary>
    public bool IsFinal => Counted is not null;

    /// <summary>The thresholds.</summary>
    public CheckTerms Terms => Policy.Checks;

    /// <summary>How the subjects of its findings begin. Ids hold no slash.</summary>
    public string Subject => $"{Window.Name}/{OperatorId}";

    /// <summary>How an aid amount and a total stand by the policy.</summary>
    public Standing StandingOf(long aidFen, long totalFen) => AidShareRule.Judge(
        aidFen, totalFen, Policy.ThresholdOn(JudgedOn), Policy.WarningMarginBasisPoints, Policy.MinimumTurnoverFen);
}
