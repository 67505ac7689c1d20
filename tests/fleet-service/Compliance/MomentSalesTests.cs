using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>What was sold in a part of a day is found wherever in the ledger it lies.</summary>
public abstract class MomentSalesTests : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;
    private const long Start = JournalOnPaper.StartUtcMs;
    private static readonly DateOnly First = new(2020, 9, 1);

    private readonly HistoryRig _rig = new();
    private readonly HistoryService _service;
    private int _journals;

    protected MomentSalesTests(string dataSet)
    {
        _service = new HistoryService(_rig, DataSetFile.Load(dataSet));
        foreach (var cabinet in (string[])["cab-1", "cab-2"])
        {
            _service.Assign(cabinet, "op-a", _service.Places.Counties[0].Code.Value, Start - Day);
        }
    }

    private MomentSalesStore Store => new(_service.Database, _service.Places.Zone);

    public void Dispose()
    {
        _service.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_sale_that_arrives_weeks_later_is_found()
    {
        await Sold("cab-1", receivedAt: Start + 3 * 3_600_000, Start + 3_600_000);
        for (var day = 1; day < 30; day++)
        {
            await Sold("cab-1", receivedAt: Start + day * Day + 5, Start + day * Day);
        }

        await Sold("cab-2", receivedAt: Start + 40 * Day, Start + 2 * 3_600_000, Start + 9 * 3_600_000);
        Assert.Equal([("cab-1", 100L), ("cab-2", 100L)], At(Start + 3 * 3_600_000, null));
        Assert.Equal([("cab-2", 200L)], At(Start + 10 * 3_600_000, "cab-2"));
        Assert.Equal([("cab-1", 0L), ("cab-2", 0L)], At(Start, null));
    }

    [Fact]
    public async Task A_sale_that_is_dated_ahead_of_its_arrival_is_found_backwards()
    {
        await Sold("cab-1", receivedAt: Start - Day / 2, Start + 3_600_000);
        await Sold("cab-2", receivedAt: Start + 2 * 3_600_000, Start + 3_600_000);
        Assert.Equal([("cab-1", 100L), ("cab-2", 100L)], At(Start + 3 * 3_600_000, null));
    }

    [Fact]
    public async Task Refunds_that_came_later_are_net_of_it_and_later_sales_are_not_in_it()
    {
        var journal = await Sold("cab-1", receivedAt: Start + Day, Start + 1_000, Start + 2_000);
        journal.Refund("r1", journal.Id, 1, 30, 0, Start + 9 * Day);
        journal.Refund("r2", journal.Id, 2, 50, 0, Start + 9 * Day);
        _service.Clock.UtcMs = Start + 10 * Day;
        await _service.Commit([(journal, 3, 4)]);
        Assert.Equal([("cab-1", 70L), ("cab-2", 0L)], At(Start + 1_999, null));
        Assert.Equal([("cab-1", 120L), ("cab-2", 0L)], At(Start + 2_000, null));
    }

    [Fact]
    public async Task An_assignment_that_begins_after_the_moment_is_not_in_it()
    {
        await Sold("cab-1", receivedAt: Start + Day, Start + 1_000);
        _service.Assign("cab-1", "op-b", _service.Places.Counties[1].Code.Value, Start + 5_000);
        Assert.Equal(["op-a", "op-a"], Store.Read(First, Start + 4_999, null)!.Select(s => s.OperatorId));
        Assert.Equal(["op-a", "op-a", "op-b"],
            Store.Read(First, Start + 5_000, null)!.Select(s => s.OperatorId).Order(StringComparer.Ordinal));
    }

    private List<(string, long)> At(long utcMs, string? cabinet) => [.. Store.Read(First, utcMs, cabinet)!
        .Select(s => (s.CabinetId, s.Amounts.TotalFen)).Order()];

    /// <summary>A journal of its own with a sale of 100 fen at each moment.</summary>
    private async Task<JournalOnPaper> Sold(string cabinet, long receivedAt, params long[] moments)
    {
        var journal = _service.Journal(cabinet, ++_journals);
        foreach (var moment in moments)
        {
            journal.SellAt(moment, $"v{_journals}-{journal.Count}", ("cola", 100));
        }

        _service.Clock.UtcMs = receivedAt;
        await _service.Commit([(journal, 1, journal.Count)]);
        return journal;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouMomentSalesTests() : MomentSalesTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangMomentSalesTests() : MomentSalesTests("linjiang-2027");
