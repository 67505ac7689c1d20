using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Assessment;

/// <summary>What a run counted of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Found">Findings that stand now.</param>
/// <param name="New">Of these, new ones.</param>
/// <param name="OpenedAgain">Of these, closed ones that were opened again.</param>
/// <param name="Ended">Findings closed because their condition ended.</param>
internal sealed record KindCount(FindingKind Kind, int Found, int New, int OpenedAgain, int Ended);

/// <summary>A check that failed; its findings stay as they were.</summary>
/// <param name="Source">The check.</param>
/// <param name="Kinds">The kinds that were not looked at.</param>
/// <param name="Problem">What it said.</param>
internal sealed record SourceFailure(string Source, IReadOnlyList<FindingKind> Kinds, string Problem);

/// <summary>One run of all checks.</summary>
/// <param name="AssessmentId">Its number.</param>
/// <param name="StartedUtc">When it began: the moment that was judged.</param>
/// <param name="EndedUtc">When its findings were written.</param>
/// <param name="By">Who asked: a token's name, or <c>service</c>.</param>
/// <param name="Kinds">Counts of every kind that was looked at.</param>
/// <param name="Failures">Checks that failed.</param>
/// <param name="ConfigsChanged">Cabinets that got another config; null when enforcement did not plan.</param>
/// <param name="EnforcementFailure">What enforcement said when it failed.</param>
internal sealed record AssessmentReport(
    long AssessmentId, DateTime StartedUtc, DateTime EndedUtc, string By, IReadOnlyList<KindCount> Kinds,
    IReadOnlyList<SourceFailure> Failures, int? ConfigsChanged, string? EnforcementFailure);

/// <summary>What one check said, or why it did not.</summary>
/// <param name="Kinds">The kinds it owns.</param>
/// <param name="Check">What it said; null when it failed.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
internal sealed record AskedSource(IReadOnlyList<FindingKind> Kinds, FindingCheck? Check, SourceFailure? Failure);

/// <summary>The last runs, newest first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="NextBefore">Give this as <c>before</c> for the next page; null at the end.</param>
internal sealed record AssessmentPage(IReadOnlyList<AssessmentReport> Items, long? NextBefore);
