using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// The journals of a group as they were when its transaction began, read at once, and their heads as the group moves
/// them, written at once: each question for one of them would be a way to a server. Nobody else can change a journal
/// until the transaction ends. Belongs to one session.
/// </summary>
internal sealed class JournalLook : IDisposable
{
    private readonly Statement _read;
    private readonly RowWriter _make;
    private readonly RowWriter _heads;
    private readonly Func<Statement, JournalRow> _rowOf;
    private readonly Dictionary<JournalId, JournalRow?> _rows = [];
    private readonly Dictionary<CabinetId, int> _ofCabinets = [];
    private readonly HashSet<long> _counted = [];
    private readonly HashSet<JournalId> _named = [];
    private readonly List<VerifiedBatch> _asked = [];
    private readonly Dictionary<JournalId, Moved> _moved = [];

    private sealed record Moved(JournalRow From, JournalRow To, long Skipped);

    /// <summary>Makes its statements.</summary>
    /// <param name="connection">A connection that asks in sets.</param>
    /// <param name="columns">The columns of a journal's row.</param>
    /// <param name="rowOf">Reads them.</param>
    public JournalLook(FleetConnection connection, string columns, Func<Statement, JournalRow> rowOf)
    {
        _rowOf = rowOf;
        _read = connection.Prepare(
            $"SELECT {columns} FROM journals WHERE journal_id = ANY (?1) OR cabinet_id = ANY (?2)");
        _make = connection.PrepareRows(
            "journals", "journal_id, cabinet_id, head_seq, head_hash, last_utc_ms",
            "ON CONFLICT (journal_id) DO NOTHING");
        _heads = connection.PrepareChanges(
            "journals", "no, from_seq, from_hash, to_seq, to_hash, last_utc_ms, skipped, is_first",
            "head_seq = change.to_seq, head_hash = change.to_hash, last_utc_ms = change.last_utc_ms, "
            + "skipped = journals.skipped + change.skipped, "
            + "is_first = CASE WHEN change.is_first = 1 THEN 1 ELSE journals.is_first END",
            "journal_no = change.no AND head_seq = change.from_seq AND head_hash = change.from_hash");
    }

    /// <summary>
    /// The batches of a group for which was not asked yet. A journal that was read as another one of its cabinet is
    /// none that was asked for.
    /// </summary>
    public List<VerifiedBatch> NotAsked(IReadOnlyList<VerifiedBatch> group) => [.. group.Where(
        batch => !_named.Contains(batch.Journal) || !_ofCabinets.ContainsKey(batch.Cabinet.Id))];

    /// <summary>
    /// The question for the journals of some batches and all others of their cabinets; when it is asked,
    /// <see cref="Take"/> takes the answer.
    /// </summary>
    public Statement Question(IReadOnlyList<VerifiedBatch> batches)
    {
        _asked.AddRange(batches);
        foreach (var batch in batches)
        {
            _named.Add(batch.Journal);
            _rows.TryAdd(batch.Journal, null);
            _ofCabinets.TryAdd(batch.Cabinet.Id, 0);
        }

        return _read.Set(1, batches.Select(batch => batch.Journal).Distinct().Select(BytesOf).ToList())
            .Set(2, batches.Select(batch => batch.Cabinet.Id.Value).Distinct().ToList());
    }

    /// <summary>
    /// Takes the answer. A new journal's row is made here when its batch begins the journal: its chain was checked, so
    /// that it is appended.
    /// </summary>
    public void Take()
    {
        ReadRows();
        var made = new Dictionary<CabinetId, VerifiedBatch>();
        foreach (var batch in _asked)
        {
            var previous = batch.Batch.Facts.Previous;
            if (_rows[batch.Journal] is null && previous == Head.Genesis(batch.Journal)
                && _ofCabinets[batch.Cabinet.Id] == 0 && made.TryAdd(batch.Cabinet.Id, batch))
            {
                // The first journal of its cabinet; a second one is rare and goes the long way.
                _make.Set(1, BytesOf(batch.Journal)).Set(2, batch.Cabinet.Id.Value).Set(3, 0).Set(4, previous.Hash)
                    .Set(5, 0).Add();
            }
        }

        _asked.Clear();
        if (made.Count > 0)
        {
            _make.Flush();
            Question([.. made.Values]);
            ReadRows();
            _asked.Clear();
        }
    }

    /// <summary>A journal that was looked at; null when there is none.</summary>
    public bool TryFind(JournalId journal, out JournalRow? row) => _rows.TryGetValue(journal, out row);

    /// <summary>How many journals a cabinet has; null when it was not looked at.</summary>
    public int? CountOf(CabinetId cabinet) => _ofCabinets.TryGetValue(cabinet, out var count) ? count : null;

    /// <summary>Moves a head; written by <see cref="Flush"/>.</summary>
    public void Move(JournalRow from, JournalRow to, long skipped)
    {
        var journal = from.Record.Journal;
        _moved[journal] = _moved.TryGetValue(journal, out var before)
            ? new Moved(before.From, to, before.Skipped + skipped)
            : new Moved(from, to, skipped);
        if (_rows.ContainsKey(journal))
        {
            _rows[journal] = to;
        }
    }

    /// <summary>Writes the heads that were moved: all of them are where they were read, or none is moved.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    public void Flush()
    {
        if (_moved.Count == 0)
        {
            return;
        }

        foreach (var (from, to, skipped) in _moved.Values)
        {
            _heads.Set(1, from.No).Set(2, (long)from.Record.Head.Seq).Set(3, from.Record.Head.Hash)
                .Set(4, (long)to.Record.Head.Seq).Set(5, to.Record.Head.Hash).Set(6, to.LastUtcMs).Set(7, skipped)
                .Set(8, to.IsFirst ? 1 : 0).Add();
        }

        _moved.Clear();
    }

    /// <summary>Forgets all of it, what was moved and not written too.</summary>
    public void Forget()
    {
        _rows.Clear();
        _ofCabinets.Clear();
        _counted.Clear();
        _named.Clear();
        _asked.Clear();
        _moved.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _make.Dispose();
        _heads.Dispose();
    }

    private static byte[] BytesOf(JournalId journal)
    {
        var bytes = new byte[JournalId.Size];
        journal.Write(bytes);
        return bytes;
    }

    private void ReadRows()
    {
        while (_read.Next())
        {
            var row = _rowOf(_read);
            _rows[row.Record.Journal] = row;
            if (_ofCabinets.TryGetValue(row.Record.Cabinet, out var count) && _counted.Add(row.No))
            {
                _ofCabinets[row.Record.Cabinet] = count + 1;
            }
        }
    }
}
