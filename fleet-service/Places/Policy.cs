using System.Collections.Immutable;

namespace KioskFleet.Service.Places;

/// <summary>
/// How the share of aid products is judged. Of the policies in force the most specific scope wins:
/// cabinet before operator before county before city.
/// </summary>
/// <param name="Id">Names the policy over all its versions.</param>
/// <param name="Version">Raised with each change of its text; kept with each finding.</param>
/// <param name="VenueKind">The kind of venue it judges.</param>
/// <param name="Scope">Whom it is for.</param>
/// <param name="Judged">What is judged as one.</param>
/// <param name="Threshold">The least aid share, with its steps.</param>
/// <param name="Window">The window of judging; see <c>Compliance</c> for its words.</param>
/// <param name="From">First business day in force, or null for "since ever".</param>
/// <param name="To">First business day no longer in force, or null.</param>
/// <param name="MinimumTurnoverFen">Turnover below which there is no standing, in fen; at least 0.</param>
/// <param name="WarningMarginBasisPoints">Band above the threshold that is AtRisk, 0–10,000.</param>
/// <param name="OpeningAllowance">Ordinary sales a gate allows beyond the headroom.</param>
/// <param name="Enforcement">What follows from a breach.</param>
/// <param name="Checks">The thresholds of the checks beside the share.</param>
/// <param name="ProvisionalDays">Days after a window's end until its standings are final, 0–366.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record Policy(
    string Id,
    int Version,
    string VenueKind,
    PolicyScope Scope,
    Judged Judged,
    ThresholdSchedule Threshold,
    string Window,
    DateOnly? From,
    DateOnly? To,
    long MinimumTurnoverFen,
    int WarningMarginBasisPoints,
    OpeningAllowance OpeningAllowance,
    EnforcementTerms Enforcement,
    CheckTerms Checks,
    int ProvisionalDays,
    string Clause)
{
    /// <summary>True when the policy is in force on a business day.</summary>
    public bool InForceOn(DateOnly day) => !(day < From) && !(day >= To);

    /// <summary>The least aid share on a business day, 0–10,000 basis points.</summary>
    public int ThresholdOn(DateOnly day) => Threshold.On(day);

    /// <summary>True when both are for the same venue kind and scope: only one of them can be in force.</summary>
    public bool IsForTheSame(Policy other) => VenueKind == other.VenueKind && Scope == other.Scope;

    /// <summary>
    /// True when both are for the same and in force on at least one day; one that ends as it begins never is.
    /// </summary>
    public bool Overlaps(Policy other)
    {
        var (mine, others) = (From ?? DateOnly.MinValue, other.From ?? DateOnly.MinValue);
        var from = mine > others ? mine : others;
        return IsForTheSame(other) && !(To <= from) && !(other.To <= from);
    }
}

/// <summary>A least share that may rise step by step.</summary>
/// <param name="BasisPoints">The share before the first step, 0–10,000.</param>
/// <param name="Steps">Later shares, by their first business day, ascending; may be empty.</param>
internal sealed record ThresholdSchedule(int BasisPoints, ImmutableArray<ThresholdStep> Steps)
{
    /// <summary>A share without steps.</summary>
    public static ThresholdSchedule Of(int basisPoints) => new(basisPoints, []);

    /// <summary>The share in force on a business day.</summary>
    public int On(DateOnly day)
    {
        var share = BasisPoints;
        foreach (var step in Steps)
        {
            if (step.From <= day)
            {
                share = step.BasisPoints;
            }
        }

        return share;
    }
}

/// <summary>A step of a least share.</summary>
/// <param name="From">Its first business day.</param>
/// <param name="BasisPoints">The share from then on, 0–10,000.</param>
internal sealed record ThresholdStep(DateOnly From, int BasisPoints);

/// <summary>
/// Ordinary sales that a gate allows beyond the headroom, so that a window can begin: the larger of an amount and a
/// part of the turnover of the window before.
/// </summary>
/// <param name="Fen">The amount, in fen; at least 0.</param>
/// <param name="BasisPointsOfPreviousWindow">The part, 0–10,000.</param>
internal sealed record OpeningAllowance(long Fen, int BasisPointsOfPreviousWindow)
{
    /// <summary>The allowance after a window with a turnover, in fen.</summary>
    public long After(long previousTurnoverFen) => Math.Max(
        Fen, (long)((Int128)Math.Max(previousTurnoverFen, 0) * BasisPointsOfPreviousWindow / 10_000));
}

/// <summary>The ladder of what follows from a breach: observe, warn, restrict.</summary>
/// <param name="Mode">The highest rung.</param>
/// <param name="BreachDays">
/// Business days seen in breach, none with the share met between them, before a restriction; 0–366. A day without data,
/// without service or under an exemption neither counts nor breaks the row.
/// </param>
/// <param name="HysteresisBasisPoints">
/// How far above the threshold the share must come before a restriction is lifted, 0–10,000.
/// </param>
/// <param name="NoticeDays">
/// Whole business days between the day of the decision to restrict and the day on which it acts, 0–366; 0 acts at once.
/// </param>
internal sealed record EnforcementTerms(PolicyMode Mode, int BreachDays, int HysteresisBasisPoints, int NoticeDays);

/// <summary>Whom a policy is for.</summary>
/// <param name="Kind">How wide the scope is.</param>
/// <param name="Id">City or county code, operator id or cabinet id (venue id for other venues).</param>
internal sealed record PolicyScope(ScopeKind Kind, string Id);

/// <summary>Kinds of scope, from the widest to the most specific.</summary>
internal enum ScopeKind
{
    /// <summary>The whole city.</summary>
    City,

    /// <summary>One county.</summary>
    County,

    /// <summary>One operator.</summary>
    Operator,

    /// <summary>One cabinet, or one venue of another kind.</summary>
    Cabinet,
}

/// <summary>What a policy judges as one.</summary>
internal enum Judged
{
    /// <summary>Each cabinet by itself.</summary>
    Cabinet,

    /// <summary>All cabinets of an operator in a county together.</summary>
    OperatorInCounty,

    /// <summary>All cabinets of a county together.</summary>
    County,
}

/// <summary>What follows from a breach.</summary>
internal enum PolicyMode
{
    /// <summary>It is shown.</summary>
    Observe,

    /// <summary>The operator is warned.</summary>
    Warn,

    /// <summary>The cabinet's gate refuses ordinary vends beyond the headroom.</summary>
    Restrict,
}
