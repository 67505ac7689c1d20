using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Proves what is left of sealed months: each seal fits its row and figures, and the rows that stay are those that were
/// sealed. Hands the runs to the walk of the journals, sums and spans to the totals. Not thread-safe.
/// </summary>
internal sealed class SealedMonthsProof : IDisposable
{
    private readonly ProofProblems _problems;
    private readonly Dictionary<int, Month> _months = [];
    private readonly ILookup<long, SealedRun> _runs;

    /// <summary>Reads and checks the seals.</summary>
    public SealedMonthsProof(FleetConnection connection, ProofProblems problems)
    {
        _problems = problems;
        Sealed = SealedMonthStore.All(connection);
        var figures = Sealed.ToDictionary(
            month => month.Month, month => SealedMonthStore.Figures(connection, month.Month));
        foreach (var month in Sealed)
        {
            _months[month.Month] = new Month(month, figures[month.Month]);
            if (MonthSeal.Of(month, figures[month.Month]) != month.Seal)
            {
                Problem(month, "its seal does not fit its figures");
            }
        }

        _runs = figures.Values.SelectMany(f => f.Runs).ToLookup(run => run.JournalNo);
        Strays(connection);
    }

    private sealed record Month(SealedMonth Sealed, MonthFigures Figures)
    {
        public KeptRows Kept { get; } = new();
    }

    /// <summary>The sealed months, oldest first.</summary>
    public IReadOnlyList<SealedMonth> Sealed { get; }

    /// <summary>The runs of a journal, in order.</summary>
    public Queue<SealedRun> RunsOf(long journalNo) => new(_runs[journalNo].OrderBy(run => run.FirstSeq));

    /// <summary>Adds what stays of a batch.</summary>
    public void Kept(SealedRun run, ProofBatch batch, IReadOnlyList<ProofEntry> entries)
    {
        if (_months.TryGetValue(run.Month, out var month))
        {
            month.Kept.Add(batch, entries);
        }
    }

    /// <summary>Adds sums and spans to those of the entries.</summary>
    public void AddTo(TotalsProof totals)
    {
        foreach (var month in _months.Values)
        {
            totals.Add(month.Figures);
        }
    }

    /// <summary>Compares what stays with what was sealed.</summary>
    public void End()
    {
        foreach (var month in _months.Values)
        {
            if ((month.Kept.Entries, month.Kept.End()) != (month.Sealed.KeptEntries, month.Sealed.KeptHash))
            {
                Problem(month.Sealed, "the rows that stay of it are not those that were sealed");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var month in _months.Values)
        {
            month.Kept.Dispose();
        }
    }

    private void Strays(FleetConnection connection)
    {
        foreach (var table in (string[])["sealed_runs", "sealed_sums", "sealed_spans"])
        {
            foreach (var month in connection.Query(
                $"SELECT DISTINCT month FROM {table} WHERE month NOT IN (SELECT month FROM sealed_months)",
                row => row.Long(0)))
            {
                _problems.Add("", $"detached month {month}", $"{table} has rows of it, and it is not sealed");
            }
        }
    }

    private void Problem(SealedMonth month, string detail) =>
        _problems.Add("", $"detached month {month.Month}", detail);
}

/// <summary>The hash of the rows that stay of a month, journal by journal in the order of their numbers.</summary>
internal sealed class KeptRows : IDisposable
{
    private readonly MonthSeal _hash = new();

    /// <summary>How many entries were added.</summary>
    public long Entries { get; private set; }

    /// <summary>Adds what stays of a batch.</summary>
    public void Add(ProofBatch batch, IReadOnlyList<ProofEntry> entries)
    {
        _hash.Add(batch);
        foreach (var entry in entries)
        {
            _hash.Add(entry);
        }

        Entries += entries.Count;
    }

    /// <summary>The hash of all of them.</summary>
    public KioskFleet.Protocol.Identity.Digest End() => _hash.End();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
