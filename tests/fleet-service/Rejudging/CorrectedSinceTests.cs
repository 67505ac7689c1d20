using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>What corrections changed of the days that a published report was about.</summary>
public abstract class CorrectedSinceTests : IDisposable
{
    private const long Start = BooksRig.StartUtcMs;
    private const long Day = JournalOnPaper.DayMs;

    private readonly BooksRig _books;
    private readonly CatalogueOnPaper _catalogue;
    private readonly CorrectedTotalsStore _store;

    protected CorrectedSinceTests(string dataSet)
    {
        _books = new BooksRig(dataSet);
        _catalogue = new CatalogueOnPaper(_books);
        _store = new CorrectedTotalsStore(_books.Database);
    }

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_days_of_sales_and_of_refunds_are_told_with_what_moved_and_when()
    {
        var journal = _books.Journal();
        journal.SellAt(Start, "v1", ("cola", 100), ("tea", 7));
        journal.SellAt(Start + Day, "v2", ("cola", 50));
        journal.Refund("r1", journal.Id, 1, 30, 0, Start + 3 * Day);
        journal.Refund("r2", journal.Id, 1, 3, 1, Start + 3 * Day);
        await _books.Commit(journal);
        _books.Time.Advance(TimeSpan.FromHours(1));
        _catalogue.List("cola", Start);
        await _catalogue.Sweep();
        var corrected = _books.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(
            [
                "cab-1 20200901 Rejudged 100/-100/0 0/0/0 30/-30/0", "cab-1 20200902 Rejudged 50/-50/0 0/0/0 0/0/0",
                "cab-1 20200904 Rejudged 0/0/0 30/-30/0 0/0/0",
            ],
            Since(20_200_901, 20_201_001, corrected - 1));
        Assert.All(_store.CorrectedSince(20_200_901, 20_201_001, 0),
            c => Assert.Equal(corrected, c.LastCorrectedUtcMs));
        Assert.Equal(
            ["cab-1 20200902 Rejudged 50/-50/0 0/0/0 0/0/0"], Since(20_200_902, 20_200_904, 0));
        Assert.Empty(Since(20_200_905, 20_201_001, 0));
        Assert.Empty(Since(20_200_901, 20_201_001, corrected));

        // A later correction is told alone to whoever published in between.
        _books.Time.Advance(TimeSpan.FromHours(1));
        _catalogue.Map("op-a", "cola", "tea", Start + Day);
        _catalogue.Change(s => s with { Listings = [] });
        await _catalogue.Sweep();
        Assert.Equal(
            [
                "cab-1 20200901 Rejudged -107/107/0 0/0/0 -33/33/0", "cab-1 20200902 Rejudged -50/50/0 0/0/0 0/0/0",
                "cab-1 20200904 Rejudged 0/0/0 -33/33/0 0/0/0",
            ],
            Since(20_200_901, 20_201_001, corrected));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_sale_released_from_quarantine_is_told_with_its_amounts()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 100));
        _books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await _books.Commit(journal);
        Assert.Empty(Since(20_200_901, 20_201_001, 0));
        await new QuarantineRelease(_books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time)
            .ReleaseAsync(1, "who", BooksRig.Stop);
        Assert.Equal(["cab-1 20200901 Released 100/0/0 0/0/0 0/0/0"], Since(20_200_901, 20_201_001, 0));
    }

    [Fact]
    public async Task The_months_before_and_after_are_those_of_the_ledger()
    {
        var journal = _books.Journal();
        journal.SellAt(Start, "v1", ("cola", 100));
        journal.SellAt(Start + 40 * Day, "v2", ("cola", 50));
        journal.Refund("r1", journal.Id, 1, 30);
        await _books.Commit(journal);
        var before = Nets();
        _catalogue.List("cola", Start);
        await _catalogue.Sweep();
        var months = _store.Months(4);
        Assert.Equal(before, months.Select(m => $"{m.CountyCode} {m.Month} {Shown(m.Before)}"));
        Assert.Equal(Nets(), months.Select(m => $"{m.CountyCode} {m.Month} {Shown(m.After)}"));
        Assert.Equal([$"{_books.County} 202009 70/0/0", $"{_books.County} 202010 50/0/0"], Nets());
        Assert.Empty(_store.Months(3));
    }

    private IReadOnlyList<string> Nets() => _books.Rows("""
        SELECT a.county_code || ' ' || (business_day / 100) || ' '
            || sum(CASE class WHEN 1 THEN sales_fen - refunds_of_day_fen ELSE 0 END) || '/'
            || sum(CASE class WHEN 2 THEN sales_fen - refunds_of_day_fen ELSE 0 END) || '/'
            || sum(CASE class WHEN 3 THEN sales_fen - refunds_of_day_fen ELSE 0 END)
        FROM totals JOIN assignments a USING (assignment_id) GROUP BY a.county_code, business_day / 100 ORDER BY 1
        """);

    private IEnumerable<string> Since(int from, int to, long sinceUtcMs) =>
        _store.CorrectedSince(from, to, sinceUtcMs).Select(c => $"{c.CabinetId} {c.BusinessDay} {c.Cause} "
            + $"{Shown(c.Sales)} {Shown(c.Refunds)} {Shown(c.RefundsOfDay)}");

    private static string Shown(AmountsShown a) => $"{a.AidFen}/{a.OrdinaryFen}/{a.UnmappedFen}";
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouCorrectedSinceTests() : CorrectedSinceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangCorrectedSinceTests() : CorrectedSinceTests("linjiang-2027");
