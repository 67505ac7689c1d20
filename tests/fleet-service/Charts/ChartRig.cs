using KioskFleet.Service.Charts;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.Charts;

/// <summary>The writer of the charts' sums over a real ledger, stepped by hand.</summary>
internal sealed class ChartRig : IDisposable
{
    private readonly BooksRig _books;
    private readonly ChartWriter _writer;

    public ChartRig(BooksRig books)
    {
        _books = books;
        Generations = new LedgerGenerationStore(books.Database, books.Time);
        Generations.EnsureAsync(BooksRig.Stop).Wait(BooksRig.Stop);
        _writer = new ChartWriter(books.Database, Generations, Leases.OfOneService(books.Database, books.Time),
            NullLogger<ChartWriter>.Instance);
    }

    public LedgerGenerationStore Generations { get; }

    public ChartPageStore Pages => new(_books.Database, Generations);

    public Task<bool> Step() => _writer.StepAsync(BooksRig.Stop);

    /// <summary>Steps until there is nothing to do.</summary>
    public async Task Drain()
    {
        for (var steps = 0; await Step(); steps++)
        {
            Xunit.Assert.True(steps < 1_000, "The writer never ends.");
        }
    }

    /// <summary>"cabinet|operator|day|class: paid/lines/refunded" of the rollups.</summary>
    public IReadOnlyList<string> Days() => _books.Rows("""
        SELECT c.cabinet_id, operator_id, business_day, class, sum(sales_fen), sum(sales_lines), sum(refunds_fen)
        FROM chart_days c JOIN assignments USING (assignment_id) WHERE class > 0 GROUP BY 1, 2, 3, 4
        HAVING sum(sales_fen) <> 0 OR sum(sales_lines) <> 0 OR sum(refunds_fen) <> 0 ORDER BY 1, 2, 3, 4
        """);

    /// <summary>The same of the ledger's totals.</summary>
    public IReadOnlyList<string> LedgerTotals() => _books.Rows("""
        SELECT t.cabinet_id, operator_id, business_day, class, sum(sales_fen), sum(sales_lines), sum(refunds_fen)
        FROM totals t JOIN assignments USING (assignment_id) GROUP BY 1, 2, 3, 4
        HAVING sum(sales_fen) <> 0 OR sum(sales_lines) <> 0 OR sum(refunds_fen) <> 0 ORDER BY 1, 2, 3, 4
        """);

    /// <summary>"cabinet|operator|hour|class|paid|sales|lines|refunded|refunds"; class 0 counts whole sales.</summary>
    public IReadOnlyList<string> Hours() => _books.Rows("""
        SELECT c.cabinet_id, operator_id, hour_utc_ms, class, sum(sales_fen), sum(sales), sum(sales_lines),
          sum(refunds_fen), sum(refunds)
        FROM chart_hours c JOIN assignments USING (assignment_id) GROUP BY 1, 2, 3, 4
        HAVING sum(sales) <> 0 OR sum(refunds) <> 0 ORDER BY 1, 2, 3, 4
        """);

    public void Dispose() => _writer.Dispose();
}
