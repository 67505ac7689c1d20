using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>How far a vend has come, by what is recorded of it.</summary>
internal enum VendProgress
{
    /// <summary>Nothing is recorded.</summary>
    Open,

    /// <summary>Nobody knows whether the goods fell: it keeps its reserve until the approval's time has run out.
    /// </summary>
    Unsure,

    /// <summary>Goods were taken and are owed or under review: it keeps its reserve until that is settled.</summary>
    Unsettled,

    /// <summary>A sale, a non-sale, or surely nothing was delivered: nothing more comes of it.</summary>
    Over,
}

/// <summary>
/// The vend rows in memory, as the current journal's file holds them. A row whose vend is over goes with the next row
/// written, so that a sale itself stays one insert. Not thread-safe: guarded by the vend flow.
/// </summary>
internal sealed class VendBook
{
    /// <summary>
    /// Rows kept although they were denied or ran out, so that a late delivery is marked; the oldest go first.
    /// </summary>
    private const int MaxIdleRows = 512;

    /// <summary>Rows kept for what is owed or under review; the oldest lose their reserve first.</summary>
    private const int MaxUnsettledRows = 512;

    private readonly BootClock _clock;
    private readonly VendingOptions _options;

    // The newest entry when the book was opened: how far its boot came at least.
    private readonly EntryTime? _lastRecorded;
    private readonly Dictionary<string, VendRow> _rows = [];
    private readonly Dictionary<string, VendProgress> _progress = [];

    /// <summary>Reads the rows of a journal.</summary>
    public VendBook(JournalFile journal, BootClock clock, VendingOptions options)
    {
        (_clock, _options) = (clock, options);
        _lastRecorded = journal.EntryAt(journal.Facts.Tail.Seq) is { } tail
            && EntryHeader.TryRead(tail.Bytes.Span, out var header, out _) ? header.Time : null;
        foreach (var row in journal.Vends())
        {
            _rows[row.Id] = row;
        }
    }

    /// <summary>The ids of all rows.</summary>
    public IReadOnlyCollection<string> Ids => _rows.Keys;

    /// <summary>The row of an id; null when there is none.</summary>
    public VendRow? Find(string id) => _rows.GetValueOrDefault(id);

    /// <summary>How many approved vends and sessions have neither an outcome nor run out.</summary>
    public int OpenVends =>
        _rows.Values.Count(row => ProgressOf(row.Id) == VendProgress.Open && RemainingMs(row) > 0);

    /// <summary>The rows of which something may still become a sale, and which keep their reserve for that.</summary>
    public IEnumerable<VendRow> Reserving => _rows.Values.Where(row =>
        ProgressOf(row.Id) != VendProgress.Over && !HasRunOut(row));

    /// <summary>Milliseconds that an approval still holds; 0 when it ran out or was none.</summary>
    public long RemainingMs(VendRow row)
    {
        var now = _clock.Now;
        if (row.Denial != 0)
        {
            return 0;
        }

        if (row.Boot == now.Boot)
        {
            return Math.Max(0, row.UntilMonotonicMs - now.MonotonicMs);
        }

        // What ran out before the reboot stays so, whatever the clock shows now.
        if (_lastRecorded is { } last && last.Boot == row.Boot && last.MonotonicMs >= row.UntilMonotonicMs)
        {
            return 0;
        }

        // Else only the wall clock tells, which may have jumped: an approval never grows by that, and ends at the
        // latest when this boot has lasted as long as it.
        var wholeMs = row.Kind == VendRowKind.Session ? _options.SessionSeconds : _options.ApprovalSeconds;
        return Math.Clamp(row.UntilWallUtcMs - now.WallUtcMs, 0, Math.Max(0, wholeMs * 1_000L - now.MonotonicMs));
    }

    /// <summary>True when the approval no longer holds; never while something is owed or under review.</summary>
    public bool HasRunOut(VendRow row) =>
        ProgressOf(row.Id) != VendProgress.Unsettled && RemainingMs(row) == 0;

    /// <summary>Something was recorded of a vend; the newest counts.</summary>
    public void Note(string id, EntryBody recorded)
    {
        if (_rows.ContainsKey(id))
        {
            _progress[id] = ProgressBy(recorded);
        }
    }

    /// <summary>
    /// Writes a row durably; rows that are over, and others above their limits, go in the same transaction.
    /// </summary>
    public void Put(JournalFile journal, VendRow row)
    {
        var others = _rows.Values.Where(other => other.Id != row.Id).OrderByDescending(r => r.UntilWallUtcMs).ToList();
        var over = others.Where(other => ProgressOf(other.Id) == VendProgress.Over);
        var idle = others.Where(other => ProgressOf(other.Id) != VendProgress.Over && HasRunOut(other));
        var unsettled = others.Where(other => ProgressOf(other.Id) == VendProgress.Unsettled);
        List<string> gone =
            [.. over.Concat(idle.Skip(MaxIdleRows)).Concat(unsettled.Skip(MaxUnsettledRows)).Select(r => r.Id)];
        journal.PutVend(row, gone);
        foreach (var id in gone)
        {
            _rows.Remove(id);
            _progress.Remove(id);
        }

        _rows[row.Id] = row;
    }

    private VendProgress ProgressOf(string id) => _progress.GetValueOrDefault(id);

    private static VendProgress ProgressBy(EntryBody recorded) => recorded switch
    {
        OutcomeBody { Delivery: DeliveryState.Failed or DeliveryState.CannotStart } => VendProgress.Over,
        OutcomeBody { Delivery: DeliveryState.UnderReview } or OutcomeBody { Payment: PaymentOutcome.Owed } =>
            VendProgress.Unsettled,
        OutcomeBody => VendProgress.Unsure,
        _ => VendProgress.Over,
    };
}
