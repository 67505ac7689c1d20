using System.Globalization;
using CsCheck;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>How entries are dated, classified and kept apart.</summary>
public abstract class JudgeTests(string dataSet) : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;

    private readonly BooksRig _books = new(dataSet);

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_sale_is_aid_only_while_its_product_is_listed()
    {
        var journal = _books.Journal();
        journal.SellAt(BooksRig.TeaDelistedUtcMs - 1, "before", ("tea", 10));
        journal.SellAt(BooksRig.TeaDelistedUtcMs, "after", ("tea", 7));
        await _books.Commit(journal);
        Assert.Equal(["cab-1|op-a|20200920|1|10|1|0|0", "cab-1|op-a|20200921|2|7|1|0|0"], _books.Totals());
    }

    [Fact]
    public async Task A_sale_belongs_to_the_operator_of_its_moment_and_a_move_rewrites_nothing()
    {
        var journal = _books.Journal();
        var move = BooksRig.StartUtcMs + 10 * Day;
        journal.SellAt(move - 2, "v1", ("box", 1));
        await _books.Commit(journal);
        _books.Assign(journal.Cabinet.Id, "op-b", move);
        journal.SellAt(move - 1, "v2", ("box", 20));
        journal.SellAt(move, "v3", ("box", 300));
        await _books.Commit(journal, 2, 3);
        Assert.Equal(["cab-1|op-a|20200910|3|21|2|0|0", "cab-1|op-b|20200911|1|300|1|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task Mixed_lines_keep_their_classes_and_a_zero_line_stays_a_line()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 10), ("cola", 0), ("what", 5), ("tea", 0));
        journal.Sell("v2", ("tea", 0));
        await _books.Commit(journal);
        Assert.Equal(["10|0|5|0|01020301", "0|0|0|1|"], _books.Rows(
            "SELECT aid_fen, ordinary_fen, unmapped_fen, line_class, hex(line_classes) FROM entries"));
        Assert.Equal(
            ["cab-1|op-a|20200901|1|10|3|0|0", "cab-1|op-a|20200901|2|0|1|0|0", "cab-1|op-a|20200901|3|5|1|0|0"],
            _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task Non_sales_and_outcomes_are_kept_and_count_nothing()
    {
        var journal = _books.Journal();
        journal.Add(new NonSaleBody(NonSalePurpose.Free, "n1", "", [new NonSaleLine("A1", "tea", "Tea", 2, 500)]));
        journal.Add(new OutcomeBody(DeliveryState.Unknown, PaymentOutcome.Owed, "o1", "", "", 500, ""));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 2, 0), await _books.Commit(journal));
        Assert.Empty(_books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task Every_entry_that_cannot_be_counted_is_kept_apart_with_its_reason_and_the_head_moves_on()
    {
        var journal = _books.Journal();
        var sale = JournalOnPaper.SaleOf("v", ("tea", 100));
        var line = sale.Lines[0];
        EntryBody[] impossible =
        [
            sale with { VendId = "" }, sale with { Lines = [] },
            sale with { Lines = [.. Enumerable.Repeat(line, 101)] },
            sale with { Lines = [line, line with { Quantity = 0 }] },
            sale with { Lines = [line with { Quantity = Limits.MaxQuantity + 1 }] },
            sale with { Lines = [line with { PaidFen = -1 }] },
            sale with { Lines = [line with { UnitPriceFen = Limits.MaxLineFen + 1 }] },
            sale with { Source = (SaleSource)9 },
            sale with { Payment = sale.Payment with { Method = (PaymentMethod)99 } },
            new RefundBody("", journal.Id, 1, 0, 5, 0, "", ""), new RefundBody("r", journal.Id, 1, 0, 0, 0, "", ""),
            new NonSaleBody((NonSalePurpose)77, "n", "", [new NonSaleLine("", "", "", 1, 1)]),
            new OutcomeBody((DeliveryState)77, PaymentOutcome.NotPaid, "o", "", "", 1, ""),
            new GapBody(5, 4, default, default),
        ];
        foreach (var body in impossible)
        {
            journal.Add(body);
        }

        var time = JournalOnPaper.At(BooksRig.StartUtcMs);
        journal.AddRaw(EntryCodec.Encode(new EntryHeader((EntryKind)42, 0, 1, journal.Count + 1, time, null),
            [1, 2, 3]));
        journal.AddRaw(EntryCodec.Encode(new EntryHeader(EntryKind.Sale, 0, 2, journal.Count + 1, time, null), [9]));
        journal.AddRaw(EntryCodec.Encode(new EntryHeader(EntryKind.Sale, 0, 1, journal.Count + 1, time, null),
            [1, 0, 0]));
        var unreadable = EntryCodec.Encode(journal.Count + 1, time, sale);
        unreadable[0] = 9;
        journal.AddRaw(unreadable);
        journal.Sell("good", ("tea", 7));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, impossible.Length + 5, impossible.Length + 4),
            await _books.Commit(journal));
        Assert.Equal(
            [
                "MissingId", "ImpossibleLineCount", "ImpossibleLineCount", "ImpossibleQuantity", "ImpossibleQuantity",
                "ImpossibleAmount", "ImpossibleAmount", "UnknownValue", "UnknownValue", "MissingId", "ImpossibleAmount",
                "UnknownValue", "UnknownValue", "ImpossibleQuantity", "UnknownKind", "UnknownKind", "UnreadableBody",
                "UnreadableHeader",
            ],
            _books.Rows("SELECT reason FROM quarantine ORDER BY seq").Select(
                r => ((QuarantineReason)int.Parse(r, CultureInfo.InvariantCulture)).ToString()));
        Assert.Equal(["cab-1|op-a|20200901|1|7|1|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public void The_quick_reading_of_a_sale_and_the_full_one_agree_on_every_damaged_body()
    {
        var cabinet = new CabinetModel(CabinetId.Parse("x"), CabinetLife.Active, null, 0, [],
            [new AssignmentModel(1, "op-a", CountyCode.Parse(_books.County), "", "", 0, null)]);
        var judge = new EntryJudge(_books.Catalogue.Snapshot, new BusinessCalendar(_books.Places.Zone));
        var whole = EntryCodec.Encode(1, JournalOnPaper.At(BooksRig.StartUtcMs),
            JournalOnPaper.SaleOf("v", ("tea", 100), ("cola", 5)));
        Gen.Select(Gen.Int[48, whole.Length - 1], Gen.Byte, Gen.Int[0, 40]).Sample((at, value, cut) =>
        {
            var body = whole[48..^Math.Min(cut / 2, whole.Length - 48)];
            if (at - 48 < body.Length)
            {
                body[at - 48] = value;
            }

            EntryHeader.TryRead(whole, out var header, out _);
            var entry = EntryCodec.Encode(header, body);
            EntryCodec.TryDecode(entry, out _, out _, out var reason);
            var judged = judge.Judge(entry, cabinet,
                new EntryDating([new(JournalOnPaper.Boot, 0, BooksRig.StartUtcMs)], 0));
            Assert.Equal(reason, judged.Reason);
        }, iter: 20_000, threads: 1);
    }

    [Fact]
    public async Task An_entry_of_no_possible_year_is_kept_apart_and_does_not_drag_others_along()
    {
        var journal = _books.Journal();
        journal.Add(JournalOnPaper.SaleOf("absurd", ("tea", 1)),
            new EntryTime(JournalOnPaper.Boot, long.MaxValue / 2, BooksRig.StartUtcMs));
        journal.SellAt(BooksRig.StartUtcMs + Day, "good", ("tea", 7));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 2, 1), await _books.Commit(journal));
        Assert.Equal([$"cab-1|1|{(int)QuarantineReason.ImpossibleTime}|"], _books.Quarantine());
        Assert.Equal(["cab-1|op-a|20200902|1|7|1|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(BooksRig.StartUtcMs + 365 * Day)]
    public async Task A_boot_that_never_heard_the_service_is_dated_between_its_neighbours_and_found_once(long wallUtcMs)
    {
        var journal = _books.Journal();
        var deaf = new BootId(99);
        var later = new BootId(100);
        journal.Clocks =
            [new(JournalOnPaper.Boot, 0, BooksRig.StartUtcMs), new(later, 0, BooksRig.StartUtcMs + 2 * Day)];
        journal.SellAt(BooksRig.StartUtcMs + Day, "v1", ("tea", 1));
        for (var i = 0; i < 3; i++)
        {
            journal.Add(JournalOnPaper.SaleOf($"deaf {i}", ("tea", 10)), new EntryTime(deaf, i, wallUtcMs + i));
        }

        journal.Add(JournalOnPaper.SaleOf("v2", ("tea", 100)), new EntryTime(later, 5, wallUtcMs));
        await _books.Commit(journal, 1, 2);
        await _books.Commit(journal, 3, 5);
        Assert.Equal(0, _books.Scalar("SELECT count(*) FROM quarantine"));
        Assert.Equal(131, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        Assert.Equal(0, _books.Scalar(
            $"SELECT count(*) FROM entries WHERE utc_ms - {BooksRig.StartUtcMs} NOT BETWEEN {Day} AND {2 * Day + 5}"));
        Assert.Equal([$"ClockImplausible|cab-1|{journal.Id}/{deaf}"],
            _books.Rows("SELECT kind, cabinet_id, subject FROM findings"));
        _books.AssertProven();
    }

    [Fact]
    public async Task The_business_day_changes_at_midnight_in_Shanghai()
    {
        var journal = _books.Journal();
        journal.SellAt(BooksRig.StartUtcMs + Day - 1, "v1", ("tea", 1));
        journal.SellAt(BooksRig.StartUtcMs + Day, "v2", ("tea", 2));
        journal.SellAt(BooksRig.StartUtcMs, "v3", ("tea", 4));
        await _books.Commit(journal);
        Assert.Equal(["cab-1|op-a|20200901|1|5|2|0|0", "cab-1|op-a|20200902|1|2|1|0|0"], _books.Totals());
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouJudgeTests() : JudgeTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangJudgeTests() : JudgeTests("linjiang-2027");
