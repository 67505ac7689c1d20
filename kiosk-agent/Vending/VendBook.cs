using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Vending;

/// <summary>
/// The vend rows in memory, as the current journal's file holds them. A row whose vend has an outcome is finished: it
/// goes with the next row written, so that a sale itself stays one insert. Not thread-safe: guarded by the vend flow.
/// </summary>
internal sealed class VendBook
{
    /// <summary>
    /// Rows kept although they were denied or ran out, so that a late delivery is marked; the oldest go first.
    /// </summary>
    private const int MaxIdleRows = 512;

    /// <summary>
    /// The longest that an approval can still hold after a reboot, in milliseconds: the longest there is.
    /// </summary>
    private const long MaxCarriedMs = 86_400_000;

    private readonly BootClock _clock;
    private readonly Dictionary<string, VendRow> _rows = [];
    private readonly HashSet<string> _finished = [];

    /// <summary>Reads the rows of a journal.</summary>
    public VendBook(JournalFile journal, BootClock clock)
    {
        _clock = clock;
        foreach (var row in journal.Vends())
        {
            _rows[row.Id] = row;
        }
    }

    /// <summary>The ids of all rows.</summary>
    public IReadOnlyCollection<string> Ids => _rows.Keys;

    /// <summary>The row of an id; null when there is none.</summary>
    public VendRow? Find(string id) => _rows.GetValueOrDefault(id);

    /// <summary>Approved vends and sessions that have neither an outcome nor run out.</summary>
    public IEnumerable<VendRow> Open =>
        _rows.Values.Where(row => !_finished.Contains(row.Id) && RemainingMs(row) > 0);

    /// <summary>How many of these there are.</summary>
    public int OpenVends => Open.Count();

    /// <summary>Milliseconds that an approval still holds; 0 when it ran out or was none.</summary>
    public long RemainingMs(VendRow row)
    {
        var now = _clock.Now;
        if (row.Denial != 0)
        {
            return 0;
        }

        // After a reboot only the wall clock is left, which may have jumped: an approval never grows by that.
        return row.Boot == now.Boot
            ? Math.Max(0, row.UntilMonotonicMs - now.MonotonicMs)
            : Math.Clamp(row.UntilWallUtcMs - now.WallUtcMs, 0, MaxCarriedMs);
    }

    /// <summary>The vend has its outcome.</summary>
    public void Finish(string id)
    {
        if (_rows.ContainsKey(id))
        {
            _finished.Add(id);
        }
    }

    /// <summary>
    /// Writes a row durably; finished rows, and idle ones above the limit, go in the same transaction.
    /// </summary>
    public void Put(JournalFile journal, VendRow row)
    {
        var idle = _rows.Values.Where(r => r.Id != row.Id && !_finished.Contains(r.Id) && RemainingMs(r) == 0)
            .OrderByDescending(r => r.UntilWallUtcMs).Skip(MaxIdleRows).Select(r => r.Id);
        string[] gone = [.. _finished.Where(id => id != row.Id), .. idle];
        journal.PutVend(row, gone);
        foreach (var id in gone)
        {
            _rows.Remove(id);
            _finished.Remove(id);
        }

        _rows[row.Id] = row;
    }
}
