using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>What bills prove missing, when it is said, and how it ends.</summary>
public abstract class PaymentFindingsTests(string dataSet) : IDisposable
{
    private const long DayMs = JournalOnPaper.DayMs;
    private const long At = BooksRig.StartUtcMs + BillsRig.Noon;

    private readonly BillsRig _rig = new(dataSet: dataSet);

    private Policy Policy => _rig.Books.Places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    /// <summary>The first day on which the absence of a payment counts.</summary>
    private DateOnly Due => Day.AddDays(Policy.Checks.ReconciliationDays + 1);

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_payment_that_never_became_a_sale_is_found_after_the_days_and_ends_with_the_late_sale()
    {
        _rig.Books.Cabinet("cab-1");
        await _rig.Import(Paid("t-v1", 500), Paid("t-v2", 300));
        _rig.Today(Due.AddDays(-1));
        Assert.Empty(_rig.Check().Found);
        Assert.Equal((0L, 2L), (_rig.Figures().PaidNotRecorded.Sales, _rig.Figures().PaidPending.Sales));
        _rig.Today(Due);
        var found = Assert.Single(_rig.Check().Found);
        Assert.Equal(
            (FindingKind.PaidNotRecorded, new FindingAbout("", "op-a", ""), "weChat/2020-09-01/op-a"),
            (found.Kind, found.About, found.Subject));
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal((2, 800), (Int(evidence, "payments"), Int(evidence, "amountFen")));
        Assert.Equal(
            ["cab-1"], evidence.GetProperty("cabinetsWithoutAllDataNamed").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal("t-v1", evidence.GetProperty("examples")[0].GetProperty("transactionNumber").GetString());
        Assert.DoesNotContain("payer", found.Evidence, StringComparison.Ordinal);
        Assert.Equal((2L, 800L), (_rig.Figures().PaidNotRecorded.Sales, _rig.Figures().PaidNotRecorded.TotalFen));

        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Commit(journal);
        Assert.Equal(300, Int(JsonElement.Parse(Assert.Single(_rig.Check(Open(found)).Found).Evidence), "amountFen"));
        journal.Add(BillsRig.Sale("v2", 300), At);
        await _rig.Commit(journal, 2);
        var check = _rig.Check(Open(found));
        Assert.Empty(check.Found);
        Assert.Equal([Open(found)], check.Ended);
    }

    [Fact]
    public async Task A_payment_whose_order_was_recorded_as_a_test_says_so_and_names_the_cabinet()
    {
        var journal = _rig.Books.Journal("cab-7");
        journal.Add(new NonSaleBody(NonSalePurpose.Test, "vend-9", "", [new("", "tea", "", 1, 9)]), At);
        journal.Add(new OutcomeBody(
            DeliveryState.Failed, PaymentOutcome.FailRefundInExecution, "vend-10", "", "tea", 300, ""), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("T1", 500, order: "vend-9"), Paid("T2", 300, order: "vend-10"));
        _rig.Today(Due);
        var found = Assert.Single(_rig.Check().Found);
        Assert.Equal(new FindingAbout("cab-7", "op-a", _rig.Books.County), found.About);
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal(
            """{"nonSale: Test":1,"outcome: Failed, FailRefundInExecution":1}""",
            evidence.GetProperty("belongTo").GetRawText());
        Assert.Equal("vend-9", evidence.GetProperty("examples")[0].GetProperty("belongsTo").GetProperty("vendId")
            .GetString());
        // The money of the failed vend is given back: nothing is left to tell of it.
        await _rig.Import(Day.AddDays(1), lines: [GivenBack("T2", "R2", 300, day: Day.AddDays(1))]);
        Assert.Equal(1, Int(JsonElement.Parse(Assert.Single(_rig.Check().Found).Evidence), "payments"));
    }

    [Fact]
    public async Task A_terminal_that_paid_for_one_cabinets_sales_before_tells_the_cabinet()
    {
        var journal = _rig.Books.Journal("cab-7");
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Commit(journal);
        var other = _rig.Books.Journal("cab-8");
        other.Add(BillsRig.Sale("v2", 500), At);
        await _rig.Commit(other);
        await _rig.Import(Paid("t-v1", 500, terminal: "POS1"), Paid("X1", 1, terminal: "POS1"),
            Paid("X2", 2, terminal: "POS9"));
        _rig.Today(Due);
        Assert.Equal(["", "cab-7"], PaidNotRecordedAt());
        await _rig.Import(Day.AddDays(1), lines: [Paid("t-v2", 500, terminal: "POS1", day: Day.AddDays(1))]);
        Assert.Equal([""], PaidNotRecordedAt());

        IEnumerable<string> PaidNotRecordedAt() => _rig.Check().Found
            .Where(f => f.Kind == FindingKind.PaidNotRecorded).Select(f => f.About.CabinetId).Order();
    }

    [Fact]
    public async Task A_sale_in_cash_with_the_order_of_a_payment_is_named()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500, "", "O1", PaymentMethod.Cash), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("T1", 500, order: "O1"));
        _rig.Today(Due);
        Assert.Contains("\"sale: Cash\":1", Assert.Single(_rig.Check().Found).Evidence, StringComparison.Ordinal);
        Assert.Equal(500, _rig.Figures().NotByBill["cash"].TotalFen);
    }

    [Fact]
    public async Task A_sale_that_its_bill_does_not_have_is_found_only_when_that_bill_is_there_and_complete()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Commit(journal);
        _rig.Today(Day.AddDays(30));
        Assert.Equal(FindingKind.MissingBill, Assert.Single(_rig.Check().Found).Kind);
        Assert.Equal(["v1 Pending"], _rig.States());
        await _rig.Import(Day, operatorId: "op-b", lines: [Paid("B", 1)]);
        await _rig.Import(Day, PaymentMethod.Alipay, lines: [Paid("A", 1)]);
        await _rig.Import(Day, lines: [Paid("=X", 1)]);
        Assert.DoesNotContain(_rig.Check().Found, f => f.Kind == FindingKind.RecordedNotPaid);
        await _rig.Import(Day, lines: [Paid("X", 1, order: "o-v1")]);
        var found = Assert.Single(_rig.Check().Found, f => f.Kind == FindingKind.RecordedNotPaid);
        Assert.Equal(new FindingAbout("cab-1", "op-a", _rig.Books.County), found.About);
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal((1, 500, 500), (Int(evidence, "sales"), Int(evidence, "recordedFen"), Int(evidence, "aidFen")));
        Assert.Equal("X", evidence.GetProperty("examples")[0].GetProperty("sameOrderOnBillAs").GetString());
        Assert.Equal(["v1 Missing"], _rig.States());
        Assert.Equal((500L, 0L), (_rig.Figures().RecordedNotPaid.TotalFen, _rig.Figures().Pending.TotalFen));
        await _rig.Import(Day.AddDays(5), lines: [Paid("t-v1", 500, day: Day.AddDays(5))]);
        Assert.Equal([Open(found)], _rig.Check(Open(found)).Ended);
    }

    [Theory]
    [InlineData(-30, 1)]
    [InlineData(-61, 0)]
    [InlineData(30, -1)]
    public async Task A_sale_near_midnight_needs_the_neighbouring_bill_too(int minutesFromMidnight, int neighbour)
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500),
            BooksRig.StartUtcMs + (minutesFromMidnight < 0 ? DayMs : 0) + minutesFromMidnight * 60_000);
        await _rig.Commit(journal);
        _rig.Today(Due);
        await _rig.Import(Paid("X", 1));
        Assert.Equal(neighbour == 0 ? ["v1 Missing"] : ["v1 Pending"], _rig.States());
        if (neighbour != 0)
        {
            var day = Day.AddDays(neighbour);
            await _rig.Import(day, lines: [Paid("Y", 1, day: day)]);
            Assert.Equal(["v1 Missing"], _rig.States());
        }
    }

    [Fact]
    public async Task Amounts_that_differ_are_found_with_the_difference_when_nothing_more_can_come()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 400), At);
        journal.Add(BillsRig.Sale("v3", 400), At);
        journal.Refund("r3", journal.Id, 3, 100, 0, At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-v1", 450), Paid("t-v2", 400), GivenBack("t-v2", "R", 400), Paid("t-v3", 400));
        _rig.Today(Due.AddDays(-1));
        Assert.Empty(_rig.Check().Found);
        Assert.Equal(["v1 Pending", "v2 Pending", "v3 Pending"], _rig.States());
        _rig.Today(Due);
        var evidence = JsonElement.Parse(Assert.Single(_rig.Check().Found).Evidence);
        Assert.Equal(
            (3, 1_200, 850, -350),
            (Int(evidence, "sales"), Int(evidence, "recordedFen"), Int(evidence, "billFen"),
                Int(evidence, "differenceFen")));
        Assert.Equal(
            """{"amount":1,"refundNotPaidOut":1,"refundNotRecorded":1}""",
            evidence.GetProperty("causes").GetRawText());
        Assert.Equal(["v1 Differs", "v2 Differs", "v3 Differs"], _rig.States());
        Assert.Equal((1_200L, 0L), (_rig.Figures().Differing.TotalFen, _rig.Figures().Reconciled.TotalFen));
    }

    [Fact]
    public async Task A_recorded_refund_waits_for_the_bill_of_its_own_day()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Refund("r1", journal.Id, 1, 100, 0, At + 10 * DayMs);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-v1", 500));
        _rig.Today(Day.AddDays(14));
        Assert.Equal(["v1 Pending"], _rig.States());
        await _rig.Import(Day.AddDays(10), lines: []);
        Assert.Equal(["v1 Differs"], _rig.States());
    }

    [Fact]
    public async Task Ten_thousand_missing_lines_are_one_finding_with_a_few_examples()
    {
        await _rig.Import([.. Enumerable.Range(0, 10_000).Select(i => Paid($"T{i:00000}", 10))]);
        _rig.Today(Due);
        var evidence = JsonElement.Parse(Assert.Single(_rig.Check().Found).Evidence);
        Assert.Equal((10_000, 100_000), (Int(evidence, "payments"), Int(evidence, "amountFen")));
        Assert.Equal(
            ["T00000", "T00001", "T00002", "T00003", "T00004"],
            evidence.GetProperty("examples").EnumerateArray()
                .Select(e => e.GetProperty("transactionNumber").GetString()));
    }

    [Fact]
    public async Task Days_operators_and_cabinets_are_findings_of_their_own()
    {
        foreach (var cabinet in new[] { "cab-1", "cab-2" })
        {
            var journal = _rig.Books.Journal(cabinet);
            journal.Add(BillsRig.Sale($"{cabinet}-1", 5), At);
            journal.Add(BillsRig.Sale($"{cabinet}-2", 5), At + DayMs);
            await _rig.Commit(journal);
        }

        _rig.Today(Day.AddDays(20));
        await _rig.Import(Day, lines: []);
        await _rig.Import(Day.AddDays(1), lines: []);
        Assert.Equal(
            [
                "cab-1 weChat/2020-09-01/op-a", "cab-1 weChat/2020-09-02/op-a", "cab-2 weChat/2020-09-01/op-a",
                "cab-2 weChat/2020-09-02/op-a",
            ],
            _rig.Check().Found.Select(f => $"{f.About.CabinetId} {f.Subject}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task While_the_ledger_cannot_be_read_to_its_end_nothing_is_said()
    {
        await _rig.Import(Paid("t-v1", 500));
        _rig.Today(Due);
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Books.Commit(journal);
        var open = new OpenFinding(1, FindingKind.PaidNotRecorded, "", "weChat/2020-09-01/op-a");
        using (await _rig.Books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            Assert.False(await _rig.Projection.TryCatchUpAsync(TimeSpan.FromMilliseconds(50), BooksRig.Stop));
            Assert.False(_rig.Projection.IsCurrent());
            var check = _rig.Check(open);
            Assert.Equal((0, 0), (check.Found.Count, check.Ended.Count));
        }

        Assert.Equal([open], _rig.Check(open).Ended);
    }

    [Fact]
    public async Task A_day_whose_bill_is_not_complete_is_the_operator_s_finding_until_it_comes()
    {
        var journal = _rig.Books.Journal();
        for (var i = 0; i < 50; i++)
        {
            journal.Add(BillsRig.Sale($"f{i}", 1_000), At);
        }

        journal.Add(BillsRig.Sale("cash", 7, method: PaymentMethod.Cash), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("=x", 500) with { Merchant = "M1" });
        await _rig.Import(Day.AddDays(1), lines: []);
        _rig.Today(Due.AddDays(-1));
        Assert.Empty(_rig.Check().Found);
        _rig.Today(Due);
        var found = Assert.Single(_rig.Check().Found);
        Assert.Equal((FindingKind.MissingBill, new FindingAbout(OperatorId: "op-a"), "weChat/2020-09-01/op-a", 50_000L),
            (found.Kind, found.About, found.Subject, found.Weight));
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal(("weChat", "2020-09-01", "incomplete", 1, 50, 50_000, Policy.Checks.ReconciliationDays), (
            evidence.GetProperty("provider").GetString(), evidence.GetProperty("day").GetString(),
            evidence.GetProperty("standing").GetString(), Int(evidence, "files"), Int(evidence, "sales"),
            Int(evidence, "recordedFen"), Int(evidence, "reconciliationDays")));
        Assert.Equal(Policy.Id, evidence.GetProperty("policy").GetProperty("id").GetString());
        Assert.Equal([Open(found)], (await Bring()).Ended);

        // Of days too long ago nobody looks: what was found of them stays.
        var old = new OpenFinding(8, FindingKind.MissingBill, "", "weChat/2019-01-01/op-a");
        Assert.Empty(_rig.Check(old).Ended);

        async Task<FindingCheck> Bring()
        {
            await _rig.Import(Paid("x", 500) with { Merchant = "M1" });
            return _rig.Check(Open(found));
        }
    }

    [Fact]
    public async Task Evidence_names_policy_catalogue_heads_bills_and_entries()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 300), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("x", 1), Paid("t-v2", 299));
        _rig.Today(Due);
        var found = _rig.Check().Found.ToDictionary(f => f.Kind, f => JsonElement.Parse(f.Evidence));
        Assert.Equal(3, found.Count);
        foreach (var evidence in found.Values)
        {
            Assert.Equal((Policy.Id, 1, Policy.Checks.ReconciliationDays, 3), (
                evidence.GetProperty("policy").GetProperty("id").GetString(),
                evidence.GetProperty("policy").GetProperty("version").GetInt32(), Int(evidence, "reconciliationDays"),
                Int(evidence, "catalogueVersion")));
        }

        foreach (var (kind, seq) in new[] { (FindingKind.RecordedNotPaid, 1), (FindingKind.PaymentDiffers, 2) })
        {
            var example = found[kind].GetProperty("examples")[0];
            Assert.Equal((journal.Id.ToString(), seq),
                (example.GetProperty("journal").GetString(), Int(example, "seq")));
            Assert.Equal(journal.Tail.Hash.ToString(),
                Assert.Single(found[kind].GetProperty("heads").EnumerateArray()).GetProperty("hash").GetString());
        }

        Assert.Equal([1], found[FindingKind.RecordedNotPaid].GetProperty("billIds").EnumerateArray()
            .Select(id => id.GetInt32()));
        var differing = found[FindingKind.PaymentDiffers].GetProperty("examples")[0];
        Assert.Equal((1, 3, "t-v2"),
            (Int(differing, "billId"), Int(differing, "line"), differing.GetProperty("billTransaction").GetString()));
        var unrecorded = found[FindingKind.PaidNotRecorded];
        Assert.Equal((1, 2), (Int(unrecorded.GetProperty("examples")[0], "billId"),
            Int(unrecorded.GetProperty("examples")[0], "line")));
        Assert.Equal((1, 64), (Int(unrecorded, "cabinets"),
            unrecorded.GetProperty("headsSha256").GetString()!.Length));
    }

    [Fact]
    public async Task The_payer_of_sales_that_name_only_the_order_is_known()
    {
        var journal = _rig.Books.Journal();
        var window = JudgingWindow.Of(Policy.Window, Day);
        var purchases = Policy.Checks.BuyerBurstSales;
        for (var i = 0; i < purchases; i++)
        {
            journal.Add(BillsRig.Sale($"v{i}", 500, transaction: "", order: $"ord{i}"), At + i * 600_000);
        }

        await _rig.Commit(journal);
        await _rig.Import([.. Enumerable.Range(0, purchases).Select(i => Paid($"T{i}", 500, order: $"ord{i}"))]);
        var patterns = new SalesPatterns(
            _rig.Books.Database, _rig.Books.Register, new CurrentPolicies(new PolicyBook(_rig.Books.Places.Policies)),
            _rig.Books.Catalogue, new DayMapStore(), _rig.Books.Places.Zone);
        var today = window.To.AddDays(Policy.ProvisionalDays - 1);
        var check = patterns.Check(
            new CheckMoment(_rig.Books.Places.Zone.StartOfUtcMs(today), today), [], BooksRig.Stop);
        Assert.Single(check.Found, f => f.Kind == FindingKind.BuyerBurst);
    }

    [Fact]
    public async Task An_accepted_finding_of_payments_opens_again_when_much_more_is_missing()
    {
        _rig.Books.Cabinet("cab-1");
        await _rig.Import(Paid("t1", 100));
        _rig.Today(Due);
        var first = Assert.Single(_rig.Check().Found);
        using (var connection = _rig.Books.Database.OpenWriter())
        using (var table = new FindingTable(connection))
        {
            table.Raise(first, 1, 25);
            table.Take(1, FindingStep.Explain, "one old test payment", (2, "op"));
            table.Take(1, FindingStep.CloseAccepted, "fine", (3, "county"));
            Assert.Equal(FindingRaised.SeenAgain, table.Raise(first, 4, 25));
        }

        await _rig.Import(Paid("t1", 100), Paid("t2", 26));
        var worse = Assert.Single(_rig.Check().Found);
        Assert.Equal((first.Subject, 100L, 126L), (worse.Subject, first.Weight, worse.Weight));
        using var again = _rig.Books.Database.OpenWriter();
        using var later = new FindingTable(again);
        Assert.Equal(FindingRaised.OpenedAgain, later.Raise(worse, 5, 25));
    }

    private static OpenFinding Open(FindingDraft draft) => new(7, draft.Kind, draft.About.CabinetId, draft.Subject);

    private static int Int(JsonElement evidence, string name) => evidence.GetProperty(name).GetInt32();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPaymentFindingsTests() : PaymentFindingsTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPaymentFindingsTests() : PaymentFindingsTests("linjiang-2027");
