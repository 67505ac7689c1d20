using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Whom a finding about an entry is about, when the entry comes after the cabinet changed hands.</summary>
public abstract class HandOverTests(string dataSet) : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;

    private readonly BooksRig _books = new(dataSet);

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(10, "op-a")]
    [InlineData(0, "op-b")]
    public async Task A_late_batch_is_about_who_had_the_cabinet_then(int handOverDay, string operatorId)
    {
        var journal = _books.Journal();
        var (deaf, later) = (new BootId(99), new BootId(100));
        journal.Clocks =
            [new(JournalOnPaper.Boot, 0, BooksRig.StartUtcMs), new(later, 0, BooksRig.StartUtcMs + 2 * Day)];
        journal.SellAt(BooksRig.StartUtcMs + Day, "v1", ("tea", 500));
        journal.Refund("r1", journal.Id, 1, 900, 0, BooksRig.StartUtcMs + Day);
        journal.Refund("r2", journal.Id, 1, 1, 7, BooksRig.StartUtcMs + Day);
        journal.Add(
            JournalOnPaper.SaleOf("deaf", ("tea", 10)), new EntryTime(deaf, 1, BooksRig.StartUtcMs - 900 * Day));
        journal.Add(JournalOnPaper.SaleOf("v2", ("tea", 1)), new EntryTime(later, 5, 0));
        journal.Add(JournalOnPaper.SaleOf("gone", ("tea", 1)), new EntryTime(later, 6, 0));
        journal.Add(JournalOnPaper.SaleOf("v3", ("tea", 1)), new EntryTime(later, 20 * Day, 0));
        _books.Assign(journal.Cabinet.Id, "op-b", BooksRig.StartUtcMs + handOverDay * Day);
        await _books.Commit(journal, 1, 5);
        Assert.IsType<CommitOutcome.Committed>(await _books.Commit(journal, 7, 7, journal.HeadAt(5)));
        Assert.Equal(
            [
                $"ClockImplausible|{operatorId}", $"EntryQuarantined|{operatorId}", $"RefundAbovePaid|{operatorId}",
                $"SequenceGap|{operatorId}",
            ],
            _books.Rows("SELECT kind, operator_id FROM findings ORDER BY kind"));
    }

    [Fact]
    public async Task A_refund_that_waited_is_about_who_made_it()
    {
        var (sales, refunds) = (_books.Journal(), _books.Journal());
        sales.SellAt(BooksRig.StartUtcMs, "v1", ("tea", 500));
        refunds.Refund("r1", sales.Id, 1, 1, 7, BooksRig.StartUtcMs + 1);
        _books.Assign(sales.Cabinet.Id, "op-b", BooksRig.StartUtcMs + Day);
        await _books.Commit(refunds);
        Assert.Empty(_books.Rows("SELECT kind FROM findings"));
        await _books.Commit(sales);
        Assert.Equal(["EntryQuarantined|op-a"], _books.Rows("SELECT kind, operator_id FROM findings"));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouHandOverTests() : HandOverTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangHandOverTests() : HandOverTests("linjiang-2027");
