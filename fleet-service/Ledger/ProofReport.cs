namespace KioskFleet.Service.Ledger;

/// <summary>One thing that does not fit.</summary>
/// <param name="Cabinet">The cabinet; empty when it cannot be told.</param>
/// <param name="Subject">What exactly: a journal's entry, a batch, a head or a total.</param>
/// <param name="Detail">What was expected and what was found.</param>
internal sealed record ProofProblem(string Cabinet, string Subject, string Detail);

/// <summary>What the ledger proof found.</summary>
/// <param name="Journals">Journals checked.</param>
/// <param name="Batches">Batches checked, signatures included.</param>
/// <param name="Entries">Entries checked.</param>
/// <param name="ProblemCount">Everything that does not fit.</param>
/// <param name="Problems">The first of them, at most <see cref="MaxProblems"/>.</param>
internal sealed record ProofReport(
    long Journals, long Batches, long Entries, long ProblemCount, IReadOnlyList<ProofProblem> Problems)
{
    /// <summary>Most problems that are told one by one.</summary>
    public const int MaxProblems = 1_000;

    /// <summary>Months whose entries were detached: only their seals and what stays of them were checked.</summary>
    public IReadOnlyList<SealedMonth> Sealed { get; init; } = [];

    /// <summary>True when everything fits.</summary>
    public bool IsProven => ProblemCount == 0;
}

/// <summary>Collects problems, bounded. Not thread-safe.</summary>
internal sealed class ProofProblems
{
    private readonly List<ProofProblem> _problems = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<ProofProblem> First => _problems;

    /// <summary>Adds one.</summary>
    public void Add(string cabinet, string subject, string detail)
    {
        Count++;
        if (_problems.Count < ProofReport.MaxProblems)
        {
            _problems.Add(new ProofProblem(cabinet, subject, detail));
        }
    }
}
