using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>The figures that a finding rests on. Amounts in fen.</summary>
/// <param name="AidFen">Aid sales of what is judged.</param>
/// <param name="UnmappedFen">Its sales without a mapping.</param>
/// <param name="TotalFen">Its total.</param>
/// <param name="ShortfallFen">Smallest aid sales that make the test true; null when none do.</param>
/// <param name="ThresholdBasisPoints">The least share.</param>
/// <param name="UnmappedLimitBasisPoints">The part without a mapping above which it is a finding.</param>
internal sealed record FoundFigures(
    long AidFen, long UnmappedFen, long TotalFen, long? ShortfallFen, int ThresholdBasisPoints,
    int UnmappedLimitBasisPoints);

/// <summary>Something found in the standings of a window.</summary>
/// <param name="Kind">What.</param>
/// <param name="About">Whom it is about.</param>
/// <param name="Subject">The window and what is judged in it.</param>
/// <param name="Figures">The figures.</param>
/// <param name="Policy">The policy that judged.</param>
/// <param name="Frame">The window and what else was judged by.</param>
/// <param name="Members">The cabinets that are judged.</param>
internal sealed record StandingFound(
    FindingKind Kind, FindingAbout About, string Subject, FoundFigures Figures, Policy Policy, FoundFrame Frame,
    IReadOnlyList<StandingRow> Members);

/// <summary>What all findings of a window share.</summary>
/// <param name="Window">The window.</param>
/// <param name="CatalogueVersion">The catalogue that classified.</param>
/// <param name="Provisional">Whether late data may still change it.</param>
/// <param name="Figures">The kind of the figures.</param>
internal sealed record FoundFrame(ShownWindow Window, long? CatalogueVersion, bool Provisional, string Figures);

/// <summary>Which windows are looked at and what is found in one. Pure.</summary>
internal static class StandingFindingRule
{
    /// <summary>Days for which a corrected window is looked at again.</summary>
    public const int CorrectedDays = 31;

    /// <summary>
    /// The windows to look at, each with the kind of policy that judges by it: the present one of each kind, those that
    /// are over and not final, and those whose final edition was corrected within <see cref="CorrectedDays"/>.
    /// </summary>
    public static IReadOnlyList<(JudgingWindow Window, string Kind)> Windows(
        PolicyBook book, IReadOnlyList<Edition> newest, BusinessZone zone, DateTimeOffset now)
    {
        var today = zone.DayOf(now.ToUnixTimeMilliseconds());
        var windows = new HashSet<(JudgingWindow Window, string Kind)>();
        var kinds = book.All.Where(p => p.VenueKind == PolicyBook.CabinetVenue).Select(p => p.Window).ToHashSet();
        foreach (var kind in kinds)
        {
            var window = JudgingWindow.Of(kind, today);
            windows.Add((window, kind));
            while (!window.IsRolling)
            {
                window = JudgingWindow.Of(kind, window.From.AddDays(-1));
                if (now >= EditionSchedule.FinalFrom(window, book, zone))
                {
                    break;
                }

                windows.Add((window, kind));
            }
        }

        foreach (var edition in newest.Where(e => e is { Provisional: false, Number: > 1 }
            && DateTimeOffset.FromUnixTimeMilliseconds(e.MadeUtcMs) >= now.AddDays(-CorrectedDays)))
        {
            foreach (var kind in kinds.Where(k => !JudgingWindow.IsRollingKind(k)
                && JudgingWindow.Of(k, edition.Window.Last) == edition.Window))
            {
                windows.Add((edition.Window, kind));
            }
        }

        return [.. windows.OrderBy(w => w.Window.From).ThenBy(w => w.Window.Name, StringComparer.Ordinal)];
    }

    /// <summary>What is found in a window's standings: of each cabinet judged alone, and of what is judged as one.
    /// </summary>
    public static IEnumerable<StandingFound> Found(WindowAnswer answer, PlacesDataSet places)
    {
        var policies = answer.Context.Policies.All.ToLookup(p => (p.Id, p.Version));
        foreach (var row in answer.Judged.Rows)
        {
            if (row is { Judged: "cabinet", PolicyId: not null } && answer.Holds(row.PolicyWindow))
            {
                var policy = policies[(row.PolicyId, row.PolicyVersion!.Value)].First();
                foreach (var found in Of(row, policy))
                {
                    yield return found;
                }
            }
        }

        var frame = new PlaceFrame(answer.Window, answer.Context, places);
        foreach (var place in new[] { PlaceLevel.OperatorInCounty, PlaceLevel.County }
            .SelectMany(level => PlaceStandingsRule.Of(level, answer.Sales, answer.Judged, frame))
            .Where(p => p.JudgedAsOne && answer.Holds(p.PolicyWindow)))
        {
            var members = answer.Judged.Rows.Where(r => r.CurrentOperator && r.CountyCode == place.PlaceCode
                && (place.Level == PlaceLevel.County || r.OperatorId == place.OperatorId)).ToList();
            var policy = policies[(place.PolicyId!, place.PolicyVersion!.Value)].First();
            foreach (var found in Of(place, policy, members))
            {
                yield return found;
            }
        }
    }

    /// <summary>The window that a finding is about; null when its subject names none.</summary>
    public static JudgingWindow? WindowOf(string subject, DateOnly today) =>
        JudgingWindow.Parse(subject.Split('/')[0], today);

    /// <summary>The subject of a cabinet judged alone.</summary>
    public static string Subject(string window, string operatorId) => $"{window}/cabinet/{operatorId}";

    /// <summary>The subject of what is judged as one; no operator for a county.</summary>
    public static string Subject(string window, string operatorId, string countyCode) => operatorId.Length > 0
        ? $"{window}/operatorInCounty/{operatorId}/{countyCode}"
        : $"{window}/county/{countyCode}";

    /// <summary>True when the part without a mapping is above the limit; never without a positive total.</summary>
    public static bool IsUnmappedAbove(long unmappedFen, long totalFen, int limitBasisPoints) =>
        totalFen > 0 && (Int128)unmappedFen * AidShareRule.Whole > (Int128)totalFen * limitBasisPoints;

    /// <summary>
    /// How bad it is, in fen: aid sales that are missing to the threshold, or to the end of the warning margin; of
    /// sales without a mapping what is above the limit. At least 1.
    /// </summary>
    public static long WeightOf(StandingFound found)
    {
        var figures = found.Figures;
        return found.Kind == FindingKind.UnmappedShare
            ? Math.Max(1, (long)(figures.UnmappedFen
                - (Int128)figures.TotalFen * figures.UnmappedLimitBasisPoints / AidShareRule.Whole))
            : WeightOf(found.Kind, figures.AidFen, figures.TotalFen, figures.ThresholdBasisPoints,
                found.Policy.WarningMarginBasisPoints);
    }

    /// <summary>
    /// Aid sales that are missing to the threshold, or, of what is at risk, to the end of the warning margin; where
    /// none are enough, what is not aid. In fen, at least 1.
    /// </summary>
    public static long WeightOf(
        FindingKind kind, long aidFen, long totalFen, int thresholdBasisPoints, int marginBasisPoints) => Math.Max(
        1,
        AidShareRule.ShortfallFen(aidFen, totalFen, Math.Min(AidShareRule.Whole,
            thresholdBasisPoints + (kind == FindingKind.AtRisk ? marginBasisPoints : 0)))
        ?? totalFen - aidFen);

    private static IEnumerable<StandingFound> Of(StandingRow row, Policy policy)
    {
        var about = new FindingAbout(row.CabinetId, row.OperatorId, row.CountyCode);
        var figures = new FoundFigures(row.JudgedAidFen, row.JudgedUnmappedFen, row.JudgedTotalFen, row.ShortfallFen,
            row.ThresholdBasisPoints ?? 0, policy.Checks.UnmappedShareBasisPoints);
        var frame = new FoundFrame(row.Window!, row.CatalogueVersion, row.Provisional, row.Figures);
        var subject = Subject(row.Window!.Name, row.OperatorId);
        return Kinds(row.Standing, figures, policy)
            .Select(kind => new StandingFound(kind, about, subject, figures, policy, frame, [row]));
    }

    private static IEnumerable<StandingFound> Of(
        PlaceStanding place, Policy policy, IReadOnlyList<StandingRow> members)
    {
        var about = new FindingAbout(OperatorId: place.OperatorId, CountyCode: place.PlaceCode);
        var figures = new FoundFigures(place.JudgedAidFen, place.JudgedUnmappedFen, place.JudgedTotalFen,
            place.ShortfallFen, place.ThresholdBasisPoints ?? 0, policy.Checks.UnmappedShareBasisPoints);
        var frame = new FoundFrame(place.Window, place.CatalogueVersion, place.Provisional, place.Figures);
        var subject = Subject(place.Window.Name, place.OperatorId, place.PlaceCode);
        return Kinds(place.Standing, figures, policy)
            .Select(kind => new StandingFound(kind, about, subject, figures, policy, frame, members));
    }

    private static IEnumerable<FindingKind> Kinds(Standing standing, FoundFigures figures, Policy policy)
    {
        if (standing is Standing.Breach or Standing.AtRisk)
        {
            yield return standing == Standing.Breach ? FindingKind.BelowThreshold : FindingKind.AtRisk;
        }

        if (figures.TotalFen >= policy.MinimumTurnoverFen
            && IsUnmappedAbove(figures.UnmappedFen, figures.TotalFen, figures.UnmappedLimitBasisPoints))
        {
            yield return FindingKind.UnmappedShare;
        }
    }
}
