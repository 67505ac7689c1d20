using KioskFleet.Agent.Journal;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>The recording half.</summary>
internal sealed partial class VendFlow
{
    /// <summary>Opens a session: a request without a SKU.</summary>
    /// <param name="sessionId">The caller's id.</param>
    /// <param name="door">The door that is to open, at most 16 UTF-8 bytes; empty for a cabinet with one door.</param>
    public VendAnswer OpenSession(string sessionId, string door = "") =>
        (InputCheck.SessionId(sessionId) ?? InputCheck.Door(door)) is { } problem
            ? new VendAnswer.Invalid(problem)
            : _store.InCurrent(journal => Admit(journal, new VendRow(
                sessionId, VendRowKind.Session, door, "", 0, 0, _clock.Boot, 0, 0, false), _options.SessionSeconds));

    /// <summary>The door is closed; the session still waits for its settlement.</summary>
    public CloseAnswer CloseSession(string sessionId) => InputCheck.SessionId(sessionId) is { } problem
        ? new CloseAnswer.Invalid(problem)
        : _store.InCurrent<CloseAnswer>(journal =>
        {
            if (Recordings.Find(_store, journal, IdKind.Vend, sessionId) is { } outcome)
            {
                return new CloseAnswer.Finished(outcome.Entry);
            }

            if (Vends(journal).Find(sessionId) is not { Kind: VendRowKind.Session } row)
            {
                return new CloseAnswer.UnknownSession();
            }

            if (!row.IsClosed)
            {
                Vends(journal).Put(journal, row with { IsClosed = true });
            }

            return new CloseAnswer.Closed();
        });

    /// <summary>What the session took was paid: a sale of the session's id.</summary>
    public RecordAnswer Settle(string sessionId, IReadOnlyList<SaleLine> lines, Payment payment) =>
        InputCheck.SessionId(sessionId) is { } problem
            ? new RecordAnswer.Invalid(problem)
            : Delivered(new DeliveredReport(sessionId, lines, payment, SaleSource.Session));

    /// <summary>What the session took is not paid yet.</summary>
    public RecordAnswer Owed(OwedReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Outcome(new OutcomeReport(report.SessionId,
            report.UnderReview ? DeliveryState.UnderReview : DeliveryState.Finished, PaymentOutcome.Owed,
            report.AmountFen, report.Detail));
    }

    /// <summary>
    /// A review changed a settled session: added lines become a sale of their own, lines given back refunds of the
    /// settled sale, all in one transaction. Idempotent by session and number.
    /// </summary>
    public RecordAnswer Adjust(AdjustReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (Problem(report) is { } problem)
        {
            return new RecordAnswer.Invalid(problem);
        }

        return _store.InCurrent<RecordAnswer>(journal =>
        {
            if (Recordings.Find(_store, journal, IdKind.Vend, report.SessionId) is not { Body: SaleBody sale } settled)
            {
                return new RecordAnswer.UnknownSale(report.SessionId);
            }

            if (NoSuchLine(report, sale) is { } line)
            {
                return new RecordAnswer.Invalid(line);
            }

            var bodies = AdjustmentOf(report, settled.Entry);
            var before = bodies.ConvertAll(body => Before(journal, body));
            for (var i = 0; i < bodies.Count; i++)
            {
                if (before[i] is { } recorded && Differs(recorded.Body, bodies[i]) is { } field)
                {
                    return Contradiction(report.SessionId, recorded, field);
                }
            }

            var missing = bodies.Where((_, i) => before[i] is null).ToList();
            var written = Write(journal, missing);
            var next = 0;
            var entries = before.ConvertAll(recorded => recorded?.Entry ?? written[next++]);
            return new RecordAnswer.Recorded(entries[0], SaleMarks.None, missing.Count == 0)
            {
                More = entries[1..],
            };
        });
    }

    /// <summary>Money was given back for a line. Idempotent by the refund number; partial and repeatable.</summary>
    public RecordAnswer Refund(RefundReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if ((InputCheck.Id(report.RefundNumber, "refundNumber")
            ?? (report.Sale is SaleReference.ByVendId named ? InputCheck.Id(named.VendId, "vendId") : null)
            ?? InputCheck.Refund(report.Line, report.AmountFen, report.Quantity)) is { } problem)
        {
            return new RecordAnswer.Invalid(problem);
        }

        return _store.InCurrent<RecordAnswer>(journal =>
        {
            var (sale, lines) = Locate(journal, report.Sale);
            if (sale is null)
            {
                return new RecordAnswer.UnknownSale(((SaleReference.ByVendId)report.Sale).VendId);
            }

            if (lines is { } count && report.Line >= count)
            {
                return new RecordAnswer.Invalid(new InputProblem("line", InputFault.OutOfRange));
            }

            var body = new RefundBody(report.RefundNumber, sale.Journal, sale.Seq, (byte)report.Line, report.AmountFen,
                report.Quantity, InputCheck.Text(report.TransactionNumber), InputCheck.Text(report.Reason));
            var before = Recordings.Find(_store, journal, IdKind.Refund, report.RefundNumber);
            return before is null ? Record(journal, body, SaleMarks.None)
                : Differs(before.Body, body) is { } field ? Contradiction(report.RefundNumber, before, field)
                : new RecordAnswer.Recorded(before.Entry, SaleMarks.None, true);
        });
    }

    private RecordAnswer RecordSale(JournalFile journal, DeliveredReport report)
    {
        var cut = false;
        var lines = report.Lines.Select(line => InputCheck.Fit(line, ref cut)).ToList();
        var payment = InputCheck.Fit(report.Payment, ref cut);
        var sale = new SaleBody(report.Source, cut ? SaleMarks.TextCut : SaleMarks.None, report.Id, payment, lines);
        var before = Recordings.Find(_store, journal, IdKind.Vend, report.Id);
        if (before is { Body: not OutcomeBody })
        {
            return Differences.First(before.Body, sale) is { } field
                ? Contradiction(report.Id, before, field)
                : new RecordAnswer.Recorded(before.Entry, (before.Body as SaleBody)?.Marks ?? SaleMarks.None, true);
        }

        if (lines.TrueForAll(line => line.PaidFen == 0))
        {
            return Record(journal, Differences.Free(sale), SaleMarks.None);
        }

        var vends = Vends(journal);
        var row = vends.Find(report.Id);
        var marked = sale with
        {
            Marks = sale.Marks | SaleOddities.Of(sale, row, row is not null && vends.HasRunOut(row), Plan, _share.IsAid)
                | (before is null ? SaleMarks.None : SaleMarks.OutcomeRevised),
        };
        if (marked.Marks != SaleMarks.None)
        {
            _log.SaleMarked(report.Id, marked.Marks);
        }

        return Record(journal, marked, marked.Marks);
    }

    private RecordAnswer.Recorded Record(JournalFile journal, EntryBody body, SaleMarks marks) =>
        new(Write(journal, [body])[0], marks, false);

    private List<RecordedEntry> Write(JournalFile journal, List<EntryBody> bodies)
    {
        if (bodies.Count == 0)
        {
            return [];
        }

        var heads = bodies.Count == 1 ? [journal.Append(bodies[0])] : journal.AppendAll(bodies);
        var wallUtcMs = _clock.WallUtcMs;
        foreach (var body in bodies)
        {
            _stock?.Add(body, wallUtcMs);
            var facts = EntryFacts.Of(body);
            if (facts.IdKind == IdKind.Vend)
            {
                Vends(journal).Note(facts.Id, body);
            }
        }

        return [.. heads.Select((head, i) => new RecordedEntry(journal.Id, head.Seq, bodies[i].Kind))];
    }

    private (RecordedEntry? Sale, int? Lines) Locate(JournalFile journal, SaleReference reference)
    {
        if (reference is SaleReference.ByEntry place)
        {
            return (new RecordedEntry(place.Journal, place.Seq, EntryKind.Sale),
                Recordings.SaleAt(_store, place)?.Lines.Count);
        }

        var named = (SaleReference.ByVendId)reference;
        return Recordings.Find(_store, journal, IdKind.Vend, named.VendId) is { Body: SaleBody sale } found
            ? (found.Entry, sale.Lines.Count)
            : (null, null);
    }

    private Recording? Before(JournalFile journal, EntryBody body)
    {
        var facts = EntryFacts.Of(body);
        return Recordings.Find(_store, journal, facts.IdKind, facts.Id);
    }

    private RecordAnswer.Conflict Contradiction(string id, Recording existing, string field)
    {
        _log.Contradicted(id, field);
        return new RecordAnswer.Conflict(existing.Entry, field);
    }

    private static string? Differs(EntryBody recorded, EntryBody reported) => (recorded, reported) switch
    {
        (RefundBody one, RefundBody other) => Differences.First(one, other),
        (_, SaleBody sale) => Differences.First(recorded, sale),
        _ => "id",
    };

    private static InputProblem? Problem(AdjustReport report)
    {
        var problem = InputCheck.SessionId(report.SessionId)
            ?? InputCheck.Count(report.Number, "number", 1, InputCheck.MaxAdjustment)
            ?? (report.Added.Count > 0 ? InputCheck.Lines(report.Added, "added") : null)
            ?? (report.Added.Count + report.Refunded.Count == 0
                ? new InputProblem("added", InputFault.Missing)
                : InputCheck.Count(report.Refunded.Count, "refunded", 0, Limits.MaxLines));
        for (var i = 0; i < report.Refunded.Count && problem is null; i++)
        {
            var line = report.Refunded[i];
            problem = InputCheck.Refund(line.Line, line.AmountFen, line.Quantity, $"refunded[{i}].");
        }

        return problem;
    }

    private static InputProblem? NoSuchLine(AdjustReport report, SaleBody settled)
    {
        for (var i = 0; i < report.Refunded.Count; i++)
        {
            if (report.Refunded[i].Line >= settled.Lines.Count)
            {
                return new InputProblem($"refunded[{i}].line", InputFault.OutOfRange);
            }
        }

        return null;
    }

    private static List<EntryBody> AdjustmentOf(AdjustReport report, RecordedEntry settled)
    {
        var id = $"{report.SessionId}#adj{report.Number}";
        var bodies = new List<EntryBody>();
        if (report.Added.Count > 0)
        {
            var cut = false;
            var lines = report.Added.Select(line => InputCheck.Fit(line, ref cut)).ToList();
            var payment = InputCheck.Fit(report.Payment, ref cut);
            bodies.Add(new SaleBody(
                SaleSource.Session, cut ? SaleMarks.TextCut : SaleMarks.None, id, payment, lines));
        }

        bodies.AddRange(report.Refunded.Select((line, i) => new RefundBody($"{id}#r{i}", settled.Journal, settled.Seq,
            (byte)line.Line, line.AmountFen, line.Quantity, InputCheck.Text(line.TransactionNumber),
            InputCheck.Text(line.Reason))));
        return bodies;
    }

    private static NonSaleLine Fit(NonSaleLine line) => new(
        InputCheck.Text(line.Slot, Limits.MaxSlotBytes), InputCheck.Text(line.Sku, Limits.MaxIdBytes),
        InputCheck.Text(line.Name), line.Quantity, line.UnitPriceFen);
}
