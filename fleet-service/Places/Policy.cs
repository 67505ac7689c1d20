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
/// <param name="ThresholdBasisPoints">The least aid share, 0–10,000.</param>
/// <param name="Window">The window of judging; see <c>Compliance</c> for its words.</param>
/// <param name="From">First business day in force, or null for "since ever".</param>
/// <param name="To">First business day no longer in force, or null.</param>
/// <param name="MinimumTurnoverFen">Turnover below which there is no standing, in fen; at least 0.</param>
/// <param name="WarningMarginBasisPoints">Band above the threshold that is AtRisk, 0–10,000.</param>
/// <param name="OpeningAllowanceFen">Ordinary sales a gate allows before the first aid sale, in fen.</param>
/// <param name="Mode">What follows from a breach.</param>
/// <param name="ProvisionalDays">Days after a window's end until its standings are final, 0–366.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record Policy(
    string Id,
    int Version,
    string VenueKind,
    PolicyScope Scope,
    Judged Judged,
    int ThresholdBasisPoints,
    string Window,
    DateOnly? From,
    DateOnly? To,
    long MinimumTurnoverFen,
    int WarningMarginBasisPoints,
    long OpeningAllowanceFen,
    PolicyMode Mode,
    int ProvisionalDays,
    string Clause)
{
    /// <summary>True when the policy is in force on a business day.</summary>
    public bool InForceOn(DateOnly day) => !(day < From) && !(day >= To);
}

/// <summary>Whom a policy is for.</summary>
/// <param name="Kind">How wide the scope is.</param>
/// <param name="Id">City or county code, operator id or cabinet id.</param>
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

    /// <summary>One cabinet.</summary>
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
