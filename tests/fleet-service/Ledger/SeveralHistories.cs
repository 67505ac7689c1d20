using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Tests.Rejudging;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>A small ledger that has met everything that the proof looks at.</summary>
internal static class SeveralHistories
{
    /// <summary>
    /// Two cabinets, a journal with gap and overlap, mixed lines, refunds, a release, a successor; tea recognised a day
    /// later than it was and the unmapped SKU mapped, so that a sale with a refund and the released one are judged
    /// again.
    /// </summary>
    public static async Task FillAsync(BooksRig books)
    {
        var journal = books.Journal();
        journal.Sell("v1", ("tea", 300), ("cola", 200));
        journal.Sell("v2", ("tea", 100));
        journal.Refund("r1", journal.Id, 1, 50);
        journal.Add(JournalOnPaper.SaleOf("", ("tea", 1)));
        journal.Sell("v3", ("nobody", 70));
        journal.Sell("gone", ("tea", 100));
        journal.Sell("v4", ("tea", 30));
        journal.Add(new NonSaleBody(NonSalePurpose.Free, "n1", "", [new NonSaleLine("A1", "tea", "Tea", 2, 500)]));
        journal.Sell("v5", ("cola", 30));
        journal.Refund("r2", journal.Id, 9, 10);
        await books.Commit(journal, 1, 3);
        books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq = 5
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await books.Commit(journal, 2, 5);
        books.Files.Run("DROP TRIGGER refuse");
        await books.Commit(journal, 7, 10, journal.HeadAt(5));
        await new QuarantineRelease(books.Database, books.Catalogue, books.Register, books.Places, books.Time)
            .ReleaseAsync(5, "who", BooksRig.Stop);
        var successor = books.Journal().Succeed(journal, 10, SuccessionReason.Lost);
        successor.Sell("v2", ("tea", 100));
        successor.Sell("v6", ("tea", 11), ("nobody", 12));
        await books.Commit(successor);
        var other = books.Journal("cab-2");
        other.Sell("v1", ("tea", 9));
        await books.Commit(other);
        var catalogue = new CatalogueOnPaper(books);
        catalogue.Change(s => s with
        {
            Listings = [new Listing("tea", books.County, new InForce(
                BooksRig.StartUtcMs + JournalOnPaper.DayMs, BooksRig.TeaDelistedUtcMs))],
            Mappings = s.Mappings.Add(new SkuMapping(
                null, "nobody", "cola", new InForce(BooksRig.StartUtcMs + 3_000, null))),
        });
        await catalogue.Sweep();
    }
}
