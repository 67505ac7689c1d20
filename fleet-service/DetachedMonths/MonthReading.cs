using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.DetachedMonths;

/// <summary>
/// Reads all rows of a month once: their hash and the figures that are left when they go. Only reads. Not thread-safe.
/// </summary>
internal sealed class MonthReading
{
    private const int ProgressEvery = 10_000;

    private readonly FleetConnection _connection;
    private readonly MonthName _month;
    private readonly Dictionary<long, string> _cabinets;
    private readonly Dictionary<long, Run> _open = [];
    private readonly List<SealedRun> _runs = [];
    private readonly Dictionary<(string, long, int, int), (long Fen, long Lines)> _sums = [];
    private readonly Dictionary<long, (long First, long Last)> _spans = [];
    private long _first;
    private long _last;
    private long _entries;

    private readonly record struct Run(long FirstSeq, long LastSeq, Head Base, Digest LastHash);

    private MonthReading(FleetConnection connection, MonthName month)
    {
        (_connection, _month) = (connection, month);
        _cabinets = connection.Query("SELECT journal_no, cabinet_id FROM journals", row => (row.Long(0), row.Text(1)))
            .ToDictionary(journal => journal.Item1, journal => journal.Item2);
    }

    /// <summary>Reads a month.</summary>
    /// <param name="connection">The connection, inside a transaction whose reads see one moment.</param>
    /// <param name="month">The month.</param>
    /// <param name="tables">The tables that hold its entries and batches.</param>
    /// <param name="progress">Told the entries read so far, now and then.</param>
    /// <param name="cancellationToken">Stops between entries.</param>
    /// <returns>The month as yet without what stays of it and without a seal; its figures.</returns>
    public static (SealedMonth Month, MonthFigures Figures) Read(
        FleetConnection connection, MonthName month, (string Entries, string Batches) tables,
        IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var reading = new MonthReading(connection, month);
        using var hash = new MonthSeal();
        reading.ReadEntries(tables, hash, progress, cancellationToken);
        var batches = reading.ReadBatches(tables.Batches, hash);
        return (
            new SealedMonth(month.Number, reading._first, reading._last, batches, reading._entries, hash.End()),
            reading.Figures());
    }

    private void ReadEntries(
        (string Entries, string Batches) tables, MonthSeal hash, IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", ProofRows.EntryColumns.Split(',').Select(column => "e." + column.Trim()));
        using var rows = _connection.Prepare($"""
            SELECT {columns}, b.journal_no, b.envelope
            FROM {tables.Entries} e JOIN {tables.Batches} b ON b.batch_id = e.batch_id ORDER BY e.position
            """);
        while (rows.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = ProofRows.EntryOf(rows);
            hash.Add(entry);
            _first = _entries == 0 ? entry.Position : _first;
            _last = entry.Position;
            _entries++;
            var journalNo = rows.Long(15);
            Follow(journalNo, entry, rows);
            Count(_cabinets.GetValueOrDefault(journalNo, ""), entry);
            if (_entries % ProgressEvery == 0)
            {
                progress?.Report(_entries);
            }
        }
    }

    private long ReadBatches(string table, MonthSeal hash)
    {
        using var rows = _connection.Prepare(
            $"SELECT {ProofRows.BatchColumns}, journal_no FROM {table} ORDER BY batch_id");
        var batches = 0L;
        while (rows.Next())
        {
            hash.Add(ProofRows.BatchOf(rows));
            hash.Add(rows.Long(10));
            batches++;
        }

        return batches;
    }

    private void Follow(long journalNo, ProofEntry entry, Statement row)
    {
        if (_open.TryGetValue(journalNo, out var run) && run.LastSeq + 1 == entry.Seq)
        {
            _open[journalNo] = run with { LastSeq = entry.Seq, LastHash = entry.Hash };
            return;
        }

        Close(journalNo);
        _open[journalNo] = new Run(
            entry.Seq, entry.Seq, BatchEnvelope.HeadBefore(row.Bytes(16)) ?? default, entry.Hash);
    }

    private void Close(long journalNo)
    {
        if (_open.Remove(journalNo, out var run))
        {
            _runs.Add(new SealedRun(_month.Number, journalNo, run.FirstSeq, run.LastSeq, run.Base, run.LastHash));
        }
    }

    private void Count(string cabinet, ProofEntry entry)
    {
        if (entry.Kind != EntryKind.Sale)
        {
            return;
        }

        if (entry.BusinessDay != 0)
        {
            ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _spans, entry.Position / SaleSpanTable.PositionsPerBlock, out var known);
            span = known
                ? (Math.Min(span.First, entry.UtcMs), Math.Max(span.Last, entry.UtcMs))
                : (entry.UtcMs, entry.UtcMs);
        }

        if (entry.State == EntryState.Counted && EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _)
            && body is SaleBody sale)
        {
            var classes = EntryRowProof.ClassesOf(entry, sale);
            for (var i = 0; i < sale.Lines.Count; i++)
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    _sums, (cabinet, entry.AssignmentId, entry.BusinessDay, classes[i]), out _);
                sum = (sum.Fen + sale.Lines[i].PaidFen, sum.Lines + 1);
            }
        }
    }

    private MonthFigures Figures()
    {
        foreach (var journalNo in _open.Keys.ToList())
        {
            Close(journalNo);
        }

        return new MonthFigures(
            [.. _runs.OrderBy(run => run.JournalNo).ThenBy(run => run.FirstSeq)],
            [
                .. _sums.Select(sum => new SealedSum(
                    sum.Key.Item1, sum.Key.Item2, sum.Key.Item3, sum.Key.Item4, sum.Value.Fen, sum.Value.Lines))
                    .OrderBy(sum => sum.Cabinet, StringComparer.Ordinal).ThenBy(sum => sum.Assignment)
                    .ThenBy(sum => sum.Day).ThenBy(sum => sum.Class),
            ],
            [
                .. _spans.OrderBy(span => span.Key)
                    .Select(span => new SealedSpan(span.Key, span.Value.First, span.Value.Last)),
            ]);
    }
}
