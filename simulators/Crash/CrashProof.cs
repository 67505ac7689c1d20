namespace KioskFleet.Simulators.Crash;

/// <summary>What the proof came to.</summary>
internal sealed record ProofResult
{
    /// <summary>Records answered by agents.</summary>
    public int Recorded { get; init; }

    /// <summary>Answered records that the ledger counts.</summary>
    public int Committed { get; init; }

    /// <summary>Records sent without an answer that the ledger counts all the same.</summary>
    public int UnansweredCommitted { get; init; }

    /// <summary>Answered records that the ledger does not count, though a copy of each was left.</summary>
    public IReadOnlyList<RecordKey> Lost { get; init; } = [];

    /// <summary>Records that the ledger counts more than once.</summary>
    public IReadOnlyList<RecordKey> Doubled { get; init; } = [];

    /// <summary>Answered records of which the injected losses left no copy, with what took the last one.</summary>
    public IReadOnlyDictionary<RecordKey, string> Destroyed { get; init; } = new Dictionary<RecordKey, string>();

    /// <summary>
    /// Whatever else is wrong, in words: money, refunds of the wrong sale, totals, records never sent.
    /// </summary>
    public IReadOnlyList<string> Wrong { get; init; } = [];

    /// <summary>Money of the answered records' sales that the ledger counts, in fen.</summary>
    public long CommittedFen { get; init; }

    /// <summary>Whether nothing is lost, doubled or wrong.</summary>
    public bool Holds => Lost.Count == 0 && Doubled.Count == 0 && Wrong.Count == 0;

    /// <summary>What is wrong, with the first of what is lost and doubled, in words.</summary>
    public IEnumerable<string> Words() =>
    [
        .. Wrong, .. Lost.Take(10).Select(key => $"lost: {key}"), .. Doubled.Take(10).Select(key => $"doubled: {key}"),
    ];
}

/// <summary>
/// Holds a ledger against what the agents answered. Pure: the same book, account and facts give the same result.
/// </summary>
internal static class CrashProof
{
    /// <summary>Most sentences of one kind of wrong.</summary>
    private const int MaxSentences = 20;

    /// <summary>Proves.</summary>
    /// <param name="sent">Everything sent.</param>
    /// <param name="answered">What of it was answered.</param>
    /// <param name="destroyed">What may be missing, with the reason.</param>
    /// <param name="ledger">The ledger.</param>
    public static ProofResult Run(
        IReadOnlyDictionary<RecordKey, SentRecord> sent, IReadOnlySet<RecordKey> answered,
        IReadOnlyDictionary<RecordKey, string> destroyed, LedgerFacts ledger)
    {
        var counted = ledger.Records.Where(record => record.State == CountState.Counted)
            .GroupBy(record => record.Key).ToDictionary(group => group.Key, group => group.Count());
        var missing = answered.Where(key => !counted.ContainsKey(key)).ToList();
        return new ProofResult
        {
            Recorded = answered.Count,
            Committed = answered.Count - missing.Count,
            UnansweredCommitted = counted.Keys.Count(key => !answered.Contains(key) && sent.ContainsKey(key)),
            Lost = [.. missing.Where(key => !destroyed.ContainsKey(key)).OrderBy(key => key.ToString())],
            Doubled = [.. counted.Where(pair => pair.Value > 1).Select(pair => pair.Key).OrderBy(k => k.ToString())],
            Destroyed = missing.Where(destroyed.ContainsKey).ToDictionary(key => key, key => destroyed[key]),
            Wrong = [.. Strangers(sent, ledger), .. Money(sent, ledger), .. Refunds(sent, ledger),
                .. Totals(ledger)],
            CommittedFen = ledger.Records.Where(record => answered.Contains(record.Key)
                && record is { State: CountState.Counted, Key.Kind: RecordKind.Sale }).Sum(r => r.CountedFen),
        };
    }

    private static IEnumerable<string> Strangers(
        IReadOnlyDictionary<RecordKey, SentRecord> sent, LedgerFacts ledger) =>
        ledger.Records.Where(record => !sent.ContainsKey(record.Key)).Take(MaxSentences)
            .Select(record => $"{record.Key} at position {record.Position} was never sent");

    private static IEnumerable<string> Money(
        IReadOnlyDictionary<RecordKey, SentRecord> sent, LedgerFacts ledger) =>
        ledger.Records.Where(record => sent.TryGetValue(record.Key, out var was)
                && (record.StatedFen != was.AmountFen
                    || (record.State == CountState.Counted && record.CountedFen != was.AmountFen)))
            .Take(MaxSentences)
            .Select(record => $"{record.Key} at position {record.Position} was sent with"
                + $" {sent[record.Key].AmountFen} fen, states {record.StatedFen} and counts {record.CountedFen}");

    private static IEnumerable<string> Refunds(
        IReadOnlyDictionary<RecordKey, SentRecord> sent, LedgerFacts ledger) =>
        ledger.Records.Where(record => record is { Key.Kind: RecordKind.Refund, State: CountState.Counted }
                && record.Reverses is not null && sent.TryGetValue(record.Key, out var was)
                && was.RefundOf != record.Reverses)
            .Take(MaxSentences)
            .Select(record => $"{record.Key} gives back {sent[record.Key].RefundOf}"
                + $" and the ledger reverses {record.Reverses}");

    private static IEnumerable<string> Totals(LedgerFacts ledger)
    {
        var counted = ledger.Records.Where(record => record.State == CountState.Counted).ToList();
        var sales = Sums(counted.Where(record => record.Key.Kind == RecordKind.Sale));
        var refunds = Sums(counted.Where(record => record is { Key.Kind: RecordKind.Refund, Reverses: not null }));
        return Differences(sales, ledger.TotalFen, "sales").Concat(Differences(refunds, ledger.RefundFen, "refunds"));
    }

    private static Dictionary<string, long> Sums(IEnumerable<LedgerRecord> records) =>
        records.GroupBy(record => record.Key.Cabinet).ToDictionary(g => g.Key, g => g.Sum(r => r.StatedFen));

    private static IEnumerable<string> Differences(
        IReadOnlyDictionary<string, long> entries, IReadOnlyDictionary<string, long> totals, string what) =>
        entries.Keys.Union(totals.Keys).Order(StringComparer.Ordinal)
            .Where(cabinet => entries.GetValueOrDefault(cabinet) != totals.GetValueOrDefault(cabinet))
            .Take(MaxSentences)
            .Select(cabinet => $"{what} of {cabinet}: the entries come to {entries.GetValueOrDefault(cabinet)} fen,"
                + $" the totals to {totals.GetValueOrDefault(cabinet)}");
}
