using KioskFleet.Protocol;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receiving;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>The service's durable truth, changed in whole transactions only.</summary>
internal sealed class LedgerModel
{
    private readonly Dictionary<JournalId, LedgerJournal> _journals = [];
    private readonly HashSet<CabinetId> _cabinets = [];
    private readonly HashSet<(CabinetId Cabinet, JournalId Journal, FindingKind Kind)> _findings = [];
    private readonly Dictionary<(CabinetId, EntryKind, string), int> _counted = [];
    private readonly Sabotage _sabotage;

    /// <summary>Makes an empty ledger.</summary>
    public LedgerModel(Sabotage sabotage) => _sabotage = sabotage;

    private LedgerModel(LedgerModel source, int generation)
        : this(source._sabotage)
    {
        foreach (var (id, journal) in source._journals)
        {
            _journals.Add(id, journal.Copy());
        }

        _cabinets = [.. source._cabinets];
        _findings = [.. source._findings];
        _counted = new Dictionary<(CabinetId, EntryKind, string), int>(source._counted);
        TotalFen = source.TotalFen;
        Generation = generation;
    }

    /// <summary>Changes with every restore.</summary>
    public int Generation { get; }

    /// <summary>Sum of counted sales minus counted refunds, in fen; moves with the entries.</summary>
    public long TotalFen { get; private set; }

    /// <summary>A report that was counted twice; null as long as there is none.</summary>
    public string? Doubled { get; private set; }

    /// <summary>All journals.</summary>
    public IReadOnlyDictionary<JournalId, LedgerJournal> Journals => _journals;

    /// <summary>What was found.</summary>
    public IReadOnlyCollection<(CabinetId Cabinet, JournalId Journal, FindingKind Kind)> Findings => _findings;

    /// <summary>A copy: a backup, or a restored backup under a new generation.</summary>
    public LedgerModel Copy(int generation) => new(this, generation);

    /// <summary>Registers a cabinet.</summary>
    public void Enrol(CabinetId cabinet) => _cabinets.Add(cabinet);

    /// <summary>True for a registered cabinet.</summary>
    public bool Knows(CabinetId cabinet) => _cabinets.Contains(cabinet);

    /// <summary>What the ledger knows of a journal.</summary>
    public JournalRecord? Find(JournalId journal) => _journals.GetValueOrDefault(journal)?.Record;

    /// <summary>The hash of a committed entry; null when the entry is not there, also at the end of a gap.</summary>
    public Digest? EntryHashAt(JournalId journal, ulong seq) => seq == 0
        ? Head.Genesis(journal).Hash
        : _journals.GetValueOrDefault(journal)?.Entries.GetValueOrDefault(seq)?.Hash;

    /// <summary>
    /// The chain's hash at a number, as far as the ledger knows it: an entry's, or the stated end of a gap.
    /// </summary>
    public Digest? HashAt(JournalId journal, ulong seq) => EntryHashAt(journal, seq)
        ?? _journals.GetValueOrDefault(journal)?.Gaps.Find(gap => gap.Range.Last == seq)?.End.Hash;

    /// <summary>True for a number in a declared gap.</summary>
    public bool IsDeclaredMissing(JournalId journal, ulong seq) => _journals.TryGetValue(journal, out var row)
        && row.Gaps.Exists(gap => gap.Range.First <= seq && seq <= gap.Range.Last);

    /// <summary>True when the report is counted.</summary>
    public bool Counts(Report report) => _counted.ContainsKey((report.Cabinet, report.Kind, report.Id));

    /// <summary>Stores what was found.</summary>
    public void Raise(CabinetId cabinet, JournalId journal, FindingKind kind) =>
        _findings.Add((cabinet, journal, kind));

    /// <summary>Stores an announced tail.</summary>
    public void SetWitness(CabinetId cabinet, JournalId journal, Witness? witness)
    {
        var row = Row(cabinet, journal);
        row.Record = row.Record with { Witness = witness };
    }

    /// <summary>Forgets a journal's head and nothing else: what a broken restart would do.</summary>
    public void ForgetHeads()
    {
        foreach (var row in _journals.Values)
        {
            row.Record = row.Record with { Head = Head.Genesis(row.Record.Journal) };
        }
    }

    /// <summary>
    /// Commits a batch when the journal is still as the decision saw it: head, supersession and witness. False: the
    /// caller lost, and nothing has changed.
    /// </summary>
    public bool TryAppend(
        BatchMessage batch, in BatchFacts facts, JournalRecord? decidedFrom, ReceiverDecision.Append append)
    {
        var row = Row(batch.Cabinet, batch.Journal);
        var from = decidedFrom ?? JournalRecord.New(batch.Journal, batch.Cabinet);
        if (row.Record != from && _sabotage != Sabotage.NoCompareAndSet)
        {
            return false;
        }

        if (append.Gap is { } gap)
        {
            row.Gaps.Add(new LedgerGap(gap, batch.Previous));
            Raise(batch.Cabinet, batch.Journal, FindingKind.SequenceGap);
        }

        for (var i = append.Skip; i < batch.Entries.Count; i++)
        {
            Put(row, batch.Previous.Seq + 1 + (ulong)i, batch.Entries[i], facts.Hashes.Span[i]);
        }

        row.Record = row.Record with { Head = append.NewHead };
        return true;
    }

    /// <summary>
    /// Fills the end of a declared gap from an export, when its entries lead to the head that the agent stated behind
    /// the gap: hashes cover what is before them, so they prove the head that the export starts from, too. What is
    /// before that stays missing.
    /// </summary>
    public bool TryFill(JournalId journal, LedgerGap gap, Head from, IReadOnlyList<byte[]> entries, HashChain chain)
    {
        var row = _journals[journal];
        var hash = from.Hash;
        var hashes = new List<Digest>();
        foreach (var entry in entries)
        {
            hashes.Add(hash = chain.Next(hash, entry));
        }

        if (hash != gap.End.Hash || from.Seq + (ulong)entries.Count != gap.Range.Last
            || (from.Seq == gap.Range.First - 1 && HashAt(journal, from.Seq) != from.Hash))
        {
            return false;
        }

        for (var i = 0; i < entries.Count; i++)
        {
            Put(row, from.Seq + 1 + (ulong)i, entries[i], hashes[i], guarded: true);
        }

        row.Gaps.Remove(gap);
        if (from.Seq >= gap.Range.First)
        {
            row.Gaps.Add(new LedgerGap(gap.Range with { Last = from.Seq }, from));
        }

        return true;
    }

    private void Put(LedgerJournal row, ulong seq, byte[] bytes, Digest hash, bool guarded = false)
    {
        var cabinet = row.Record.Cabinet;
        EntryCodec.TryDecode(bytes, out var header, out var body, out _);
        if (body is SuccessionBody succession)
        {
            Supersede(cabinet, succession);
        }

        row.IsFirst |= seq == 1 && body is not SuccessionBody;
        if (header.Origin is { } origin)
        {
            Row(cabinet, origin.Journal).IsGuarded = true;
        }

        var report = ReportReader.Read(cabinet, body);
        guarded |= header.Marks.HasFlag(EntryMarks.Carried) || IsGuarded(row, seq);
        guarded &= _sabotage != Sabotage.NoVendGuard;
        var counted = report is not null && !(guarded && Counts(report));
        row.Entries[seq] = new LedgerEntry(bytes, hash, report, counted);
        if (counted)
        {
            Count(report!);
        }
    }

    /// <summary>
    /// A successor's first entries; everything of a journal that others took entries over from; and everything of a
    /// first journal once the cabinet has another one, whose link to it may be lost.
    /// </summary>
    private bool IsGuarded(LedgerJournal row, ulong seq) =>
        (!row.IsFirst && seq <= Limits.GuardedSuccessorEntries)
        || (_sabotage != Sabotage.NoGuardOnRefill && (row.IsGuarded || (row.IsFirst && _journals.Values.Any(
            other => other != row && other.Record.Cabinet == row.Record.Cabinet))));

    private void Count(Report report)
    {
        var key = (report.Cabinet, report.Kind, report.Id);
        var times = _counted[key] = _counted.GetValueOrDefault(key) + 1;
        Doubled ??= times > 1 ? report.Id : null;
        TotalFen += report.Kind switch
        {
            EntryKind.Sale => report.Fen,
            EntryKind.Refund => -report.Fen,
            _ => 0,
        };
    }

    /// <summary>
    /// A journal may be succeeded more than once (a clone of its disk): it is open up to the furthest head that any of
    /// its successors shares with it, so that each predecessor can be refilled.
    /// </summary>
    private void Supersede(CabinetId cabinet, SuccessionBody succession)
    {
        var row = Row(cabinet, succession.Predecessor);
        if (row.Record.Cabinet != cabinet)
        {
            return;
        }

        var end = Math.Max(row.Record.SupersededAfter ?? 0, succession.LastCommon.Seq);
        row.IsGuarded = true;
        row.Record = row.Record with { SupersededAfter = end };
        Raise(cabinet, succession.Predecessor, succession.Reason switch
        {
            SuccessionReason.Corrupt => FindingKind.JournalCorrupt,
            SuccessionReason.Lost => FindingKind.JournalLost,
            _ => FindingKind.Fork,
        });
    }

    private LedgerJournal Row(CabinetId cabinet, JournalId journal)
    {
        if (!_journals.TryGetValue(journal, out var row))
        {
            _journals.Add(journal, row = new LedgerJournal(JournalRecord.New(journal, cabinet)));
        }

        return row;
    }
}

/// <summary>What the service finds about a journal.</summary>
internal enum FindingKind
{
    /// <summary>Two histories at one number.</summary>
    Fork,

    /// <summary>A successor began because the file could not be read.</summary>
    JournalCorrupt,

    /// <summary>A successor began because the file was gone.</summary>
    JournalLost,

    /// <summary>Entries are missing that the cabinet no longer has.</summary>
    SequenceGap,
}

/// <summary>Reads what an entry reports.</summary>
internal static class ReportReader
{
    /// <summary>The report of a body; null for bodies that count for nothing.</summary>
    public static Report? Read(CabinetId cabinet, EntryBody? body) => body switch
    {
        SaleBody sale => new Report(cabinet, EntryKind.Sale, sale.VendId, sale.Lines.Sum(line => line.PaidFen)),
        RefundBody refund => new Report(cabinet, EntryKind.Refund, refund.RefundNumber, refund.AmountFen),
        NonSaleBody nonSale => new Report(cabinet, EntryKind.NonSale, nonSale.VendId, 0),
        _ => null,
    };
}
