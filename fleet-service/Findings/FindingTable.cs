using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Findings;

/// <summary>What raising a finding did.</summary>
internal enum FindingRaised
{
    /// <summary>It is a new one.</summary>
    New,

    /// <summary>It was there and not closed; or it is closed and stays so.</summary>
    SeenAgain,

    /// <summary>It was closed and is open again.</summary>
    OpenedAgain,
}

/// <summary>A finding as far as its next step needs it.</summary>
/// <param name="Kind">What.</param>
/// <param name="State">Where its life is.</param>
internal readonly record struct FindingStands(FindingKind Kind, FindingState State);

/// <summary>
/// Writes findings and their steps inside somebody's transaction. The same kind, cabinet and subject is one finding,
/// seen more often. Belongs to one session.
/// </summary>
internal sealed class FindingTable(FleetConnection connection) : IDisposable
{
    /// <summary>Who takes the steps that no person takes.</summary>
    public const string Service = "service";

    // One statement in the ordinary case, since ingest raises findings too. Whom a cabinet's finding is about is filled
    // where the caller does not say: who had the cabinet at the moment that it is about, as sales are given too.
    private readonly Statement _raise = connection.Prepare("""
        INSERT INTO findings (kind, cabinet_id, subject, evidence, opened_utc_ms, last_utc_ms, times, weight,
                              operator_id, county_code, venue_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6,
          CASE WHEN ?7 <> '' THEN ?7 ELSE coalesce(
            (SELECT operator_id FROM assignments WHERE cabinet_id = ?2
             ORDER BY from_utc_ms <= ?11 DESC, abs(from_utc_ms - ?11) LIMIT 1), '') END,
          CASE WHEN ?8 <> '' THEN ?8 ELSE coalesce(
            (SELECT county_code FROM assignments WHERE cabinet_id = ?2
             ORDER BY from_utc_ms <= ?11 DESC, abs(from_utc_ms - ?11) LIMIT 1), '') END,
          ?9)
        ON CONFLICT (kind, cabinet_id, subject)
        DO UPDATE SET evidence = CASE WHEN ?10 = 1 THEN excluded.evidence ELSE findings.evidence END,
          last_utc_ms = excluded.last_utc_ms, times = findings.times + 1, weight = excluded.weight
        RETURNING finding_id, times, closed_as, closed_weight
        """);

    private readonly Statement _find = connection.Prepare("SELECT kind, state FROM findings WHERE finding_id = ?1");

    private readonly Statement _step = connection.Prepare("""
        INSERT INTO finding_steps (finding_id, step, from_state, to_state, at_utc_ms, made_by, words, evidence)
        SELECT finding_id, ?2, state, ?3, ?4, ?5, ?6, evidence FROM findings WHERE finding_id = ?1
        """);

    private readonly Statement _move = connection.Prepare("""
        UPDATE findings SET state = ?2, closed_as = ?3,
          closed_weight = CASE WHEN ?3 IS NULL THEN NULL ELSE weight END
        WHERE finding_id = ?1
        """);

    private readonly Statement _open = connection.Prepare("""
        SELECT finding_id, cabinet_id, subject FROM findings
        WHERE kind = ?1 AND state <> 'Closed' AND CASE WHEN venue_id <> '' THEN 1 ELSE 0 END = ?2 ORDER BY finding_id
        """);

    /// <summary>Raises a finding; what is found again keeps its first evidence.</summary>
    /// <param name="kind">What.</param>
    /// <param name="cabinet">Where.</param>
    /// <param name="subject">What exactly; equal subjects are one finding.</param>
    /// <param name="evidence">JSON.</param>
    /// <param name="utcMs">When, Unix milliseconds UTC.</param>
    /// <param name="ofUtcMs">
    /// The moment that it is about, such as an entry's: it may come long after another operator took the cabinet over.
    /// Without it, when it is raised.
    /// </param>
    public void Raise(
        FindingKind kind, CabinetId cabinet, string subject, string evidence, long utcMs, long? ofUtcMs = null) =>
        Raise((kind, subject, evidence, 0), (new FindingAbout(cabinet.Value), ofUtcMs ?? utcMs), utcMs, 0,
            keepsFirst: true);

    /// <summary>Raises a finding whose newest evidence holds the older one's.</summary>
    public void RaiseNewest(
        FindingKind kind, CabinetId cabinet, string subject, string evidence, long utcMs, long ofUtcMs) =>
        Raise((kind, subject, evidence, 0), (new FindingAbout(cabinet.Value), ofUtcMs), utcMs, 0, keepsFirst: false);

    /// <summary>Raises what a check found; the newest evidence replaces the older.</summary>
    /// <param name="draft">What was found.</param>
    /// <param name="utcMs">When, Unix milliseconds UTC.</param>
    /// <param name="worseByPercent">By how much an accepted finding may grow without opening again.</param>
    public FindingRaised Raise(FindingDraft draft, long utcMs, int worseByPercent) =>
        Raise((draft.Kind, draft.Subject, draft.Evidence, draft.Weight), (draft.About, utcMs), utcMs, worseByPercent,
            keepsFirst: false);

    /// <summary>How a finding stands; null when there is none of this number.</summary>
    public FindingStands? Find(long findingId)
    {
        _find.Set(1, findingId);
        FindingStands? stands = _find.Next()
            ? new FindingStands(Enum.Parse<FindingKind>(_find.Text(0)), Enum.Parse<FindingState>(_find.Text(1)))
            : null;
        _find.Reset();
        return stands;
    }

    /// <summary>The findings of a kind that are not closed, about venues or about everything else.</summary>
    public IReadOnlyList<OpenFinding> NotClosed(FindingKind kind, bool aboutVenues)
    {
        var open = new List<OpenFinding>();
        _open.Set(1, kind.ToString()).Set(2, aboutVenues ? 1L : 0L);
        while (_open.Next())
        {
            open.Add(new OpenFinding(_open.Long(0), kind, _open.Text(1), _open.Text(2)));
        }

        return open;
    }

    /// <summary>Records a step and moves the finding, if the table of transitions allows it.</summary>
    /// <returns>The state from which the step was asked for, and the one after it; null when it is illegal.</returns>
    /// <exception cref="InvalidOperationException">There is no such finding.</exception>
    public (FindingState From, FindingState? To) Take(
        long findingId, FindingStep step, string words, (long UtcMs, string By) made)
    {
        var from = Find(findingId)?.State
            ?? throw new InvalidOperationException($"There is no finding {findingId}.");
        var to = FindingLifeRule.After(from, step);
        if (to is { } next)
        {
            _step.Set(1, findingId).Set(2, step.ToString()).Set(3, next.ToString()).Set(4, made.UtcMs)
                .Set(5, made.By).Set(6, words).Run();
            _move.Set(1, findingId).Set(2, next.ToString()).Set(3, FindingLifeRule.ClosureOf(step)?.ToString()).Run();
        }

        return (from, to);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _raise.Dispose();
        _find.Dispose();
        _step.Dispose();
        _move.Dispose();
        _open.Dispose();
    }

    private FindingRaised Raise(
        (FindingKind Kind, string Subject, string Evidence, long Weight) what, (FindingAbout Whom, long UtcMs) of,
        long utcMs, int worseByPercent, bool keepsFirst)
    {
        var about = of.Whom;
        _raise.Set(1, what.Kind.ToString()).Set(2, about.CabinetId).Set(3, what.Subject).Set(4, what.Evidence)
            .Set(5, utcMs).Set(6, what.Weight).Set(7, about.OperatorId).Set(8, about.CountyCode).Set(9, about.VenueId)
            .Set(10, keepsFirst ? 0L : 1L).Set(11, of.UtcMs);
        _raise.Next();
        var (findingId, isNew) = (_raise.Long(0), _raise.Long(1) == 1);
        FindingClosure? closedAs = _raise.IsNull(2) ? null : Enum.Parse<FindingClosure>(_raise.Text(2));
        var closedWeight = _raise.Long(3);
        _raise.Reset();
        if (closedAs is not { } closed || !FindingLifeRule.OpensAgain(
            closed, FindingFacts.Of(what.Kind).IsHappening, closedWeight, what.Weight, worseByPercent))
        {
            return isNew ? FindingRaised.New : FindingRaised.SeenAgain;
        }

        Take(findingId, FindingStep.FindAgain, "", (utcMs, Service));
        return FindingRaised.OpenedAgain;
    }
}
