using System.Globalization;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.RecordedSales;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Replay;

/// <summary>Everything a finished replay knows.</summary>
/// <param name="Files">The files.</param>
/// <param name="Run">How it went.</param>
/// <param name="Proof">Journals against ledger.</param>
/// <param name="ApiFen">The cabinets' total by the service's HTTP API, in fen.</param>
/// <param name="Other">
/// What else does not fit: reports that an agent refused, rows of the ledger that contradict each other.
/// </param>
internal sealed record ReplayOutcome(
    ReplayFiles Files, LoadRunReport Run, EntryProofResult Proof, long ApiFen, IReadOnlyList<string> Other);

/// <summary>What a replay came to, as it is written to the result file. Amounts in fen.</summary>
internal sealed record ReplayResult
{
    /// <summary>Data rows of the file.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Rows that became nothing.</summary>
    public required long RowsRefused { get; init; }

    /// <summary>Sales that the ledger counts.</summary>
    public required long SalesCommitted { get; init; }

    /// <summary>Orders for which nothing was paid, in the ledger as non-sales.</summary>
    public required long FreeVends { get; init; }

    /// <summary>The ledger's money: sales less refunds.</summary>
    public required long LedgerFen { get; init; }

    /// <summary>Journal entries that the ledger does not hold.</summary>
    public required long Lost { get; init; }

    /// <summary>Entries, vends and refunds that are there or count twice.</summary>
    public required long Doubled { get; init; }

    /// <summary>Refunds that the ledger counts.</summary>
    public required long RefundsCommitted { get; init; }

    /// <summary>Entries kept apart.</summary>
    public required long Quarantined { get; init; }

    /// <summary>The money of the file: sales less refunds. The ledger's must be the same.</summary>
    public required long FileFen { get; init; }

    /// <summary>The cabinets' total by the service's HTTP API. It must be the same too.</summary>
    public required long ApiFen { get; init; }

    /// <summary>Devices of the file.</summary>
    public required int Cabinets { get; init; }

    /// <summary>
    /// By how many years the sales were moved: files older than any cabinet are replayed four, eight … years later.
    /// </summary>
    public required int ShiftedYears { get; init; }

    /// <summary>Every refused row of the sales file.</summary>
    public required IReadOnlyList<RefusedRow> Refused { get; init; }

    /// <summary>Every refused row of the products file.</summary>
    public required IReadOnlyList<RefusedRow> ProductsRefused { get; init; }

    /// <summary>True when everything is as it must be.</summary>
    public required bool Proven { get; init; }

    /// <summary>Everything that does not fit, in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>How long it took.</summary>
    public required RunSpeed Speed { get; init; }

    /// <summary>Makes the result.</summary>
    public static ReplayResult Of(ReplayOutcome outcome)
    {
        var (files, run, proof, apiFen, other) = outcome;
        var (book, counts) = (files.Book, proof.Counts);
        var ledgerFen = counts.SalesFen - counts.RefundsFen;
        var fileFen = book.SoldFen - book.RefundedFen;
        List<string> findings = [.. other, .. proof.Findings];
        if (run.Undrained is { } undrained)
        {
            findings.Insert(0, undrained);
        }

        return new ReplayResult
        {
            RowsRead = book.RowsRead,
            RowsRefused = book.Refused.Count,
            SalesCommitted = counts.Sales,
            FreeVends = counts.NonSales,
            LedgerFen = ledgerFen,
            Lost = proof.Lost,
            Doubled = proof.Doubled,
            RefundsCommitted = counts.Refunds,
            Quarantined = proof.Quarantined,
            FileFen = fileFen,
            ApiFen = apiFen,
            Cabinets = book.Cabinets.Count,
            ShiftedYears = files.ShiftedYears,
            Refused = book.Refused,
            ProductsRefused = files.Products?.Refused ?? [],
            Proven = findings.Count == 0 && proof.Holds && ledgerFen == fileFen && apiFen == fileFen
                && counts.Sales == book.Sales && counts.NonSales == book.FreeVends && counts.Refunds == book.Refunds,
            Findings = findings,
            Speed = RunSpeed.Of(run, proof.Recorded),
        };
    }

    /// <summary>Shows refused rows, proof and what does not fit.</summary>
    public void Show(IAnsiConsole console, ReplayOutcome outcome)
    {
        foreach (var row in Refused.Concat(ProductsRefused).Take(ProofFindings.Most))
        {
            console.WriteLine($"line {row.Line} refused, {row.Reason}: {row.Detail}");
        }

        var book = outcome.Files.Book;
        ResultScreen.WriteProof(console,
        [
            new ProofLine("rows read", Count(RowsRead), null),
            new ProofLine("rows refused", Count(RowsRefused), null),
            new ProofLine("sales committed", Count(SalesCommitted), SalesCommitted == book.Sales),
            new ProofLine("refunds committed", Count(RefundsCommitted), RefundsCommitted == book.Refunds),
            new ProofLine("free vends kept as non-sales", Count(FreeVends), FreeVends == book.FreeVends),
            new ProofLine("the file's money, yuan", new Money(FileFen).ToString(), null),
            new ProofLine("the ledger's money, yuan", new Money(LedgerFen).ToString(), LedgerFen == FileFen),
            new ProofLine("the money by the API, yuan", new Money(ApiFen).ToString(), ApiFen == FileFen),
            .. outcome.Proof.Lines,
            new ProofLine("years later than recorded", Count(ShiftedYears), null),
            new ProofLine("entries a second, fsynced", Count((long)Speed.EntriesPerSecond), null),
        ]);
        foreach (var finding in Findings.Take(ProofFindings.Most))
        {
            console.WriteLine(finding);
        }

        console.WriteLine(Proven ? "The proof holds." : "THE PROOF FAILS.");
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
