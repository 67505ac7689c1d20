namespace KioskFleet.Simulators.PowerLoss;

/// <summary>Something wrong after one cut; the round's number repeats it with the campaign's seed.</summary>
/// <param name="Round">Counts from 0.</param>
/// <param name="Life">Counts from 0 within the round.</param>
/// <param name="Moment">The event at which the power went, or null when the program had ended before.</param>
/// <param name="Plan">What the cut let survive.</param>
/// <param name="What">The finding.</param>
internal sealed record CutFinding(int Round, int Life, DiskEvent? Moment, CutPlan Plan, string What);

/// <summary>What a campaign counted.</summary>
internal sealed record CutCampaignReport
{
    /// <summary>Rounds done.</summary>
    public int Rounds { get; init; }

    /// <summary>Power cuts done.</summary>
    public int Cuts { get; init; }

    /// <summary>Cuts in the middle of a file's or directory's sync.</summary>
    public int CutsInSync { get; init; }

    /// <summary>Items answered before their cut.</summary>
    public long Answered { get; init; }

    /// <summary>Answered items that a cut took.</summary>
    public long LostAnswered { get; init; }

    /// <summary>Items found in part.</summary>
    public long HalfItems { get; init; }

    /// <summary>Cuts whose files were damaged, or with which the program could not go on.</summary>
    public int Damaged { get; init; }

    /// <summary>The first findings, at most <see cref="PowerLossLimits.MaxFindings"/>.</summary>
    public IReadOnlyList<CutFinding> Findings { get; init; } = [];

    /// <summary>Whether nothing answered was lost, nothing was half and nothing damaged.</summary>
    public bool IsClean => LostAnswered == 0 && HalfItems == 0 && Damaged == 0;

    /// <summary>The sum of two reports.</summary>
    public CutCampaignReport Plus(CutCampaignReport other) => new()
    {
        Rounds = Rounds + other.Rounds,
        Cuts = Cuts + other.Cuts,
        CutsInSync = CutsInSync + other.CutsInSync,
        Answered = Answered + other.Answered,
        LostAnswered = LostAnswered + other.LostAnswered,
        HalfItems = HalfItems + other.HalfItems,
        Damaged = Damaged + other.Damaged,
        Findings = [.. Findings.Concat(other.Findings).Take(PowerLossLimits.MaxFindings)],
    };
}
