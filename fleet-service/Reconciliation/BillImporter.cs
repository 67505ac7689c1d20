using System.Security.Cryptography;
using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tables;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The report of an import.</summary>
/// <param name="BillId">The bill's number.</param>
/// <param name="Provider">Whose bill.</param>
/// <param name="OperatorId">For whom.</param>
/// <param name="Day">Its day.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
/// <param name="Encoding">How it was decoded.</param>
/// <param name="AlreadyImported">True when the very file was imported before: nothing changed.</param>
/// <param name="Complete">
/// True when the file is whole, no row was refused, its summary agrees (or, where its layout has none, who brought it
/// stated rows and sum) and its day was over: from then on a payment that it does not have counts as not made.
/// </param>
/// <param name="RowsRead">Data rows of the file.</param>
/// <param name="RowsTaken">Rows that are new.</param>
/// <param name="RowsKnown">Rows that this or an earlier file says already.</param>
/// <param name="RowsSkipped">Rows without money.</param>
/// <param name="RowsRefused">Rows that were not taken.</param>
/// <param name="Summary">The bill's own summary beside what was counted.</param>
/// <param name="Refused">The refused rows by line.</param>
internal sealed record BillReport(
    long BillId, string Provider, string OperatorId, DateOnly Day, string Sha256, string Encoding, bool AlreadyImported,
    bool Complete, int RowsRead, int RowsTaken, int RowsKnown, int RowsSkipped, int RowsRefused, BillSummary Summary,
    IReadOnlyList<RefusedBillRow> Refused);

/// <summary>What came of an import. A closed set.</summary>
internal abstract record BillOutcomeOfImport
{
    private BillOutcomeOfImport()
    {
    }

    /// <summary>The file was read; its good rows are in, the others are listed.</summary>
    internal sealed record Imported(BillReport Report) : BillOutcomeOfImport;

    /// <summary>The file as a whole was refused; nothing changed.</summary>
    internal sealed record Refused(BillProblem Problem, string Got) : BillOutcomeOfImport;

    /// <summary>The bill is of a merchant number that another operator's bills name; nothing changed.</summary>
    internal sealed record OfAnother(string Merchant, string OperatorId) : BillOutcomeOfImport;
}

/// <summary>
/// Imports a bill: reads the file, then writes its rows in bounded transactions, each matched in the one that brings
/// it. An import that was broken off goes on when the file comes again. Thread-safe; it takes its turn.
/// </summary>
internal sealed class BillImporter(
    FleetDatabase database, PayerKey payers, BillTurn turn, ReconciliationClock clock,
    IOptions<ReconciliationOptions> options, ILogger<BillImporter> log)
{
    /// <summary>Imports the bytes of a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="name">Which bill it is.</param>
    /// <param name="by">Who brings it, for the record.</param>
    /// <param name="cancellationToken">Given up between two transactions: what was written stays.</param>
    public async Task<BillOutcomeOfImport> ImportAsync(
        byte[] bytes, BillName name, string by, CancellationToken cancellationToken)
    {
        var reading = BillFile.Read(
            bytes, name.Provider, options.Value.UnionPay, new BillDay(name.OperatorId, name.Day, clock.Zone));
        if (Compared(reading, name.Stated) is BillReading.Unreadable unreadable)
        {
            ReconciliationLog.FileRefused(
                log, name.Provider.ToString(), name.OperatorId, name.Day, by, unreadable.Problem);
            return new BillOutcomeOfImport.Refused(unreadable.Problem, unreadable.Got);
        }

        var bill = (BillReading.Bill)reading;
        using var entered = await turn.EnterAsync(cancellationToken);
        List<string> merchants = [.. bill.Merchants.Union(name.Stated.Merchants)];
        var file = (Sha256: SHA256.HashData(bytes), By: by);
        var (taken, begun) = await BeginAsync(name, merchants, file, cancellationToken);
        if (taken is var (merchant, other))
        {
            return new BillOutcomeOfImport.OfAnother(merchant, other);
        }

        var report = await TakeAsync(bill, name, begun, file, cancellationToken);
        ReconciliationLog.Imported(log, report.Provider, name.OperatorId, name.Day, by, report.RowsTaken,
            report.RowsKnown, report.RowsRefused, report.Summary.State);
        return new BillOutcomeOfImport.Imported(report);
    }

    /// <summary>The file beside what who brings it states; a sum says nothing while rows are refused.</summary>
    private static BillReading Compared(BillReading reading, StatedBill stated)
    {
        if (reading is not BillReading.Bill bill)
        {
            return reading;
        }

        var counted = bill.Summary.Counted;
        var amountFen = counted.PaymentsFen - counted.RefundsFen;
        if (stated.Rows is { } rows && rows != counted.Rows)
        {
            return new BillReading.Unreadable(BillProblem.StatedDiffers, $"rows={counted.Rows}");
        }

        if (stated.AmountFen is { } fen && fen != amountFen && bill.Refused.Count == 0)
        {
            return new BillReading.Unreadable(BillProblem.StatedDiffers, $"amountFen={amountFen}");
        }

        return bill.Merchants.Count <= ReconciliationLimits.MaxMerchants
            && (stated.Merchants.Count == 0 || !bill.Merchants.Except(stated.Merchants).Any())
                ? bill
                : new BillReading.Unreadable(BillProblem.MerchantDiffers, string.Join(',', bill.Merchants.Take(3)));
    }

    private Task<((string Merchant, string OperatorId)? Taken, BegunBill Begun)> BeginAsync(
        BillName name, List<string> merchants, (byte[] Sha256, string By) file, CancellationToken cancellationToken) =>
        database.WriteAsync<((string Merchant, string OperatorId)? Taken, BegunBill Begun)>(
            (connection, _) =>
            {
                if (BillStore.Taken(connection, name, merchants) is { } taken)
                {
                    return (taken, new BegunBill(0, false, false));
                }

                var now = Now();
                var begun = BillStore.Begin(connection, name, file.Sha256, (now, file.By));
                BillStore.Name(connection, name, begun.BillId, merchants);
                if (!begun.IsFinished)
                {
                    AuditLog.Write(connection, new AuditEntry(now, file.By, "bill.begun", $"bill:{begun.BillId}", null,
                        new
                        {
                            Provider = name.Provider.ToString(), name.OperatorId, name.Day,
                            Sha256 = Convert.ToHexStringLower(file.Sha256),
                        }));
                }

                return (null, begun);
            },
            cancellationToken);

    private async Task<BillReport> TakeAsync(
        BillReading.Bill bill, BillName name, BegunBill begun, (byte[] Sha256, string By) file,
        CancellationToken cancellationToken)
    {
        var refused = bill.Refused.ToList();
        var (taken, known) = (0, bill.Repeated);
        foreach (var rows in bill.Rows.Chunk(ReconciliationLimits.RowsPerTransaction))
        {
            var done = await database.WriteAsync(
                (connection, _) =>
                {
                    using var lines = new BillLineTable(connection);
                    using var matches = new MatchStore(connection);
                    var outcome = Take(rows, (name, begun.BillId), lines, matches);
                    matches.Settle();
                    return outcome;
                },
                cancellationToken);
            taken += done.Taken;
            known += done.Known;
            refused.AddRange(done.Refused);
        }

        // What was stated once of this very file stays stated.
        var isStated = name.Stated is { Rows: not null, AmountFen: not null } || begun.WasComplete;
        var summary = bill.Summary.State == SummaryState.None && isStated && refused.Count == 0
            ? bill.Summary with { State = SummaryState.Stated }
            : bill.Summary;
        var report = new BillReport(
            begun.BillId, name.Provider.ToString(), name.OperatorId, name.Day, Convert.ToHexStringLower(file.Sha256),
            bill.Encoding, begun.IsFinished,
            summary.State is SummaryState.Stated or SummaryState.Agrees && refused.Count == 0
                && Now() >= clock.Zone.StartOfUtcMs(name.Day.AddDays(1)),
            bill.RowsRead, taken, known, bill.Skipped, refused.Count, summary, [.. refused.OrderBy(r => r.Line)]);
        if (!begun.IsFinished || taken > 0 || report.Complete != begun.WasComplete)
        {
            await FinishAsync(report, bill.Covers, file.By, cancellationToken);
        }

        return report;
    }

    private Task<long> FinishAsync(
        BillReport report, (bool Payments, bool Refunds) covers, string by, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, _) =>
            {
                var now = Now();
                BillStore.Finish(connection, report, covers, now);
                using var billed = new BilledDaysTable(connection);
                billed.NoteBill(report.BillId);
                AuditLog.Write(connection, new AuditEntry(now, by, "bill.imported", $"bill:{report.BillId}", null, new
                {
                    report.Provider, report.OperatorId, report.Day, report.Sha256, report.RowsTaken, report.RowsKnown,
                    report.RowsRefused, report.Complete,
                }));
                return now;
            },
            cancellationToken);

    private (int Taken, int Known, List<RefusedBillRow> Refused) Take(
        BillRow[] rows, (BillName Name, long BillId) bill, BillLineTable lines, MatchStore matches)
    {
        var (provider, operatorId, _) = bill.Name;
        var (taken, known) = (0, 0);
        var refused = new List<RefusedBillRow>();
        foreach (var row in rows)
        {
            var line = new ImportedLine(
                operatorId, row.Numbers.MerchantOrder, row.Numbers.MerchantRefund, row.AmountFen, row.AtUtcMs,
                BusinessZone.Number(row.Day), bill.BillId, row.Line);
            if (lines.Imported(provider, row) is not { } earlier)
            {
                lines.Insert(provider, row, line, payers.Digest(provider, row.Payer));
                matches.Touch(provider, row.Numbers.Transaction);
                taken++;
            }
            else if (earlier with { BillId = line.BillId, Line = line.Line } == line)
            {
                known++;
            }
            else
            {
                refused.Add(RefusedBillRow.Of(
                    row.Line, BillRefusal.ContradictsEarlierBill, TableFile.Shortened(row.Numbers.Transaction),
                    new EarlierLine(earlier.BillId, BillDays.Of(earlier.Day), earlier.Line)));
            }
        }

        return (taken, known, refused);
    }

    private long Now() => clock.NowUtcMs;
}
