using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>What the rules are shown of a real ledger, and what their findings say.</summary>
public abstract class SalesPatternsTests(string dataSet) : IDisposable
{
    private readonly PatternsRig _rig = new(dataSet);

    private CheckTerms Terms => _rig.City.Terms;

    private string Subject => $"{_rig.Window.Name}/op-a";

    private int Absurd => Terms.AbsurdQuantity + 10;

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Random_cities_with_planted_patterns_are_found_alike_from_the_ledger_and_from_paper()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            using var rig = new PatternsRig(dataSet);
            var window = rig.City.WindowOf(new DateOnly(2020, 9, 25));
            rig.Today = rig.City.LastLook(window);
            var city = new HonestCity(seed, cabinets: Terms.PriceMinimumCabinets, days: 30);
            for (var i = 0; i < 2; i++)
            {
                new StagedSales(rig.City, window, city, seed + i)
                    .Plant(StagedSales.Kinds[(seed + 3 * i) % StagedSales.Kinds.Length]);
            }

            await LiveAsync(rig, city);
            var found = rig.Check().Found.Select(f => new PaperFound(f.Kind, f.About.CabinetId, f.Subject, f.Weight));
            var expected = RulesOnPaper.Found(rig.City, city.Events, rig.Today);
            Assert.True(expected.Select(f => f.Kind).Distinct().Count() >= 2);
            Assert.Equal(expected.OrderBy(f => $"{f}"), found.OrderBy(f => $"{f}"));
        }
    }

    [Fact]
    public async Task A_finding_explains_itself_with_window_policy_shares_examples_and_heads()
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("cola", 1, 15_000)), PatternsRig.Start);
        journal.Add(PatternsRig.Sale("v2", PatternsRig.Line("tea", Absurd, 600)), PatternsRig.Start + PatternsRig.Day);
        await _rig.CommitAsync(journal);
        var (draft, evidence) = _rig.Single(FindingKind.AbsurdSale);
        var aidFen = 600 * Absurd;
        Assert.Equal((Subject, new FindingAbout("cab-1", "op-a", _rig.Books.County), (long)aidFen),
            (draft.Subject, draft.About, draft.Weight));
        Assert.Equal(_rig.Window.Name, evidence.GetProperty("window").GetProperty("name").GetString());
        Assert.Equal((_rig.City.Policy.Id, 1), (evidence.GetProperty("policy").GetProperty("id").GetString(),
            evidence.GetProperty("policy").GetProperty("version").GetInt32()));
        Assert.Equal(9, evidence.GetProperty("catalogueVersion").GetInt32());
        Assert.Equal((aidFen, aidFen + 15_000, "Compliant"), (
            evidence.GetProperty("share").GetProperty("aidFen").GetInt32(),
            evidence.GetProperty("share").GetProperty("totalFen").GetInt32(),
            evidence.GetProperty("share").GetProperty("standing").GetString()));
        var without = 15_000 < _rig.City.Policy.MinimumTurnoverFen ? "NoData" : "Breach";
        Assert.Equal((0, without), (evidence.GetProperty("shareWithout").GetProperty("aidFen").GetInt32(),
            evidence.GetProperty("shareWithout").GetProperty("standing").GetString()));
        Assert.Equal(Terms.AbsurdQuantity, evidence.GetProperty("thresholds").GetProperty("absurdQuantity").GetInt32());
        var example = Assert.Single(evidence.GetProperty("examples").EnumerateArray());
        Assert.Equal((journal.Id.ToString(), 2, "v2", "2020-09-01T16:00:00.0000000Z", aidFen),
            (example.GetProperty("journal").GetString(), example.GetProperty("seq").GetInt32(),
                example.GetProperty("vendId").GetString(), example.GetProperty("utc").GetString(),
                example.GetProperty("amountFen").GetInt32()));
        var head = Assert.Single(evidence.GetProperty("heads").EnumerateArray());
        Assert.Equal((2, journal.Tail.Hash.ToString()),
            (head.GetProperty("seq").GetInt32(), head.GetProperty("hash").GetString()));
        Assert.Contains($"{Absurd} pieces", evidence.GetProperty("words").GetProperty("en").GetString()!);
        Assert.Contains($"{Absurd}件", draft.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_class_after_the_last_correction_counts_and_what_is_gone_has_ended()
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("tea", Absurd, 200)), PatternsRig.Start);
        journal.Add(PatternsRig.Sale("v2", PatternsRig.Line("cola", 1, 200)), PatternsRig.Start);
        await _rig.CommitAsync(journal);
        var open = new OpenFinding(
            5, FindingKind.AbsurdSale, "cab-1", _rig.Single(FindingKind.AbsurdSale).Draft.Subject);
        Assert.Empty(_rig.Check(open).Ended);
        Correct(1, 2);
        Assert.Equal([open], _rig.Check(open).Ended);
        Assert.Empty(_rig.Check(open).Found);
        Correct(1, 1);
        Assert.Single(_rig.Check(open).Found);
        Assert.Empty(_rig.Check(open).Ended);
    }

    [Fact]
    public async Task A_quarantined_sale_counts_once_it_was_released_unless_it_counts_elsewhere()
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("", PatternsRig.Line("tea", Absurd, 200)), PatternsRig.Start);
        await _rig.CommitAsync(journal);
        Assert.Empty(_rig.Check().Found);
        Correct(1, 1, "Released");
        Assert.Single(_rig.Check().Found);
        _rig.Books.Files.Run("INSERT INTO doubles (position, counted_position) VALUES (1, 7)");
        Assert.Empty(_rig.Check().Found);
    }

    [Fact]
    public async Task What_counts_at_another_position_is_not_seen()
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("tea", Absurd, 200)), PatternsRig.Start);
        await _rig.CommitAsync(journal);
        _rig.Books.Files.Run("UPDATE entries SET state = 2");
        Assert.Empty(_rig.Check().Found);
    }

    [Theory]
    [InlineData(0, "Compliant", true)] // the first day after it
    [InlineData(-1, "Breach", false)]
    public async Task Aid_refunded_after_the_window_is_told_with_the_share_as_it_stood(
        int daysAfter, string standing, bool expected)
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("cola", 1, 50_000)), PatternsRig.Start);
        journal.Add(PatternsRig.Sale("v2", PatternsRig.Line("tea", 10, 10_000)),
            _rig.UtcMsOf(_rig.Window.To.AddDays(-2)));
        journal.Refund("r1", journal.Id, 2, 100_000, utcMs: _rig.UtcMsOf(_rig.Window.To.AddDays(daysAfter)));
        await _rig.CommitAsync(journal);
        if (!expected)
        {
            Assert.Equal((expected, "Breach"), (_rig.Check().Found.Count > 0, standing));
            return;
        }

        var (draft, evidence) = _rig.Single(FindingKind.RefundedAfterWindow);
        var figures = evidence.GetProperty("figures");
        Assert.Equal((100_000L, true), (draft.Weight, figures.GetProperty("windowStoodOnlyByThem").GetBoolean()));
        Assert.Equal((standing, "Breach"), (figures.GetProperty("asItStood").GetProperty("standing").GetString(),
            figures.GetProperty("withoutThem").GetProperty("standing").GetString()));
        _rig.Today = _rig.Window.Last;
        Assert.Empty(_rig.Check().Found);
    }

    [Fact]
    public async Task Payers_come_from_the_bills_and_a_payer_of_many_purchases_is_told_by_digest()
    {
        var journal = _rig.Books.Journal();
        for (var i = 0; i < Terms.BuyerBurstSales; i++)
        {
            journal.Add(PatternsRig.Sale($"v{i}", PatternsRig.Line("tea", 1, 200)),
                PatternsRig.Start + i * PatternsRig.Hour);
        }

        await _rig.CommitAsync(journal);
        Assert.Empty(_rig.Check().Found);
        _rig.Bill(Enumerable.Range(0, Terms.BuyerBurstSales).Select(i => ($"v{i}", 0xABUL)));
        var (draft, evidence) = _rig.Single(FindingKind.BuyerBurst);
        Assert.EndsWith("/000000000000000000000000000000ab", draft.Subject, StringComparison.Ordinal);
        Assert.Equal(5, evidence.GetProperty("examples").GetArrayLength());
    }

    [Fact]
    public async Task Sales_of_two_operators_are_not_one_burst()
    {
        var journal = _rig.Books.Journal();
        for (var i = 0; i < Terms.ProductBurstSales; i++)
        {
            journal.Add(PatternsRig.Sale($"v{i}", PatternsRig.Line("tea", 1, 200)), PatternsRig.Start + i * 60_000);
        }

        _rig.Books.Assign(journal.Cabinet.Id, "op-b", PatternsRig.Start + 6 * 60_000);
        await _rig.CommitAsync(journal);
        Assert.Empty(_rig.Check().Found);
    }

    [Fact]
    public async Task A_window_that_is_final_is_not_looked_at_and_its_findings_stay()
    {
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("tea", Absurd, 200)), PatternsRig.Start);
        await _rig.CommitAsync(journal);
        var open = new OpenFinding(5, FindingKind.AbsurdSale, "cab-1", Subject);
        Assert.Single(_rig.Check(open).Found);
        _rig.Today = _rig.Today.AddDays(1);
        Assert.Empty(_rig.Check(open).Found);
        Assert.Empty(_rig.Check(open).Ended);
    }

    [Fact]
    public async Task A_milk_break_is_as_usual_from_the_first_day_of_a_window_on()
    {
        // Four days of the window before, its last among them, and the first of the running one.
        var journal = _rig.Books.Journal();
        foreach (var day in (int[])[-4, -3, -2, -1, 0])
        {
            for (var i = 0; i < 20; i++)
            {
                journal.Add(PatternsRig.Sale($"v{day}-{i}", PatternsRig.Line("tea", 1, 200)),
                    _rig.UtcMsOf(_rig.Window.To.AddDays(day)) + 10 * PatternsRig.Hour + i * 30_000);
            }
        }

        await _rig.CommitAsync(journal);
        _rig.Today = _rig.Window.To;
        Assert.Empty(_rig.Check().Found);

        // A cabinet whose first days these were would be asked.
        var first = BusinessZone.Number(_rig.Today);
        _rig.Books.Files.Run($"UPDATE entries SET business_day = 20200501 WHERE business_day < {first}");
        Assert.Equal($"{_rig.City.WindowOf(_rig.Today).Name}/op-a/tea",
            _rig.Single(FindingKind.ProductBurst).Draft.Subject);
    }

    [Fact]
    public async Task The_last_day_of_the_window_before_is_one_of_the_days_that_tell_what_is_usual()
    {
        var journal = _rig.Books.Journal();
        for (var day = -ProductBurstRule.LeastOtherDays; day <= 0; day++)
        {
            for (var i = 0; i < Terms.ProductBurstSales; i++)
            {
                journal.Add(PatternsRig.Sale($"v{day}-{i}", PatternsRig.Line("tea", 1, 200)),
                    _rig.UtcMsOf(_rig.Window.To.AddDays(day)) + 10 * PatternsRig.Hour + i * 30_000);
            }
        }

        await _rig.CommitAsync(journal);
        _rig.Today = _rig.Window.To;
        Assert.Empty(_rig.Check().Found);
    }

    [Fact]
    public async Task A_cabinet_that_only_ever_tests_is_found()
    {
        var journal = _rig.Books.Journal();
        var tests = 24L * (_rig.Window.Last.DayNumber - new DateOnly(2020, 9, 1).DayNumber);
        for (var i = 0; i < tests; i++)
        {
            journal.Add(new NonSaleBody(NonSalePurpose.Test, $"n{i}", "", [new NonSaleLine("A1", "cola", "", 1, 500)]),
                PatternsRig.Start + i * PatternsRig.Hour);
        }

        await _rig.CommitAsync(journal);
        var (draft, evidence) = _rig.Single(FindingKind.NonSaleExcess);
        var commissioned = (int)Math.Min(Terms.CommissioningPiecesPerSlot, 24);
        Assert.Equal((tests - commissioned, commissioned), (draft.Weight,
            evidence.GetProperty("figures").GetProperty("commissioningTests").GetInt32()));
    }

    [Theory]
    [InlineData(0, true)] // so many days after the cabinet was enrolled
    [InlineData(1, false)]
    public async Task Only_a_new_cabinet_is_commissioned(int more, bool isNew)
    {
        var day = Terms.CommissioningDays - 30 + more;
        var commissioning = isNew ? Terms.CommissioningPiecesPerSlot : 0;
        var journal = _rig.Books.Journal();
        journal.Add(new NonSaleBody(NonSalePurpose.Test, "n", "", [new NonSaleLine("A1", "cola", "", 20, 500)]),
            PatternsRig.Start + day * PatternsRig.Day);
        await _rig.CommitAsync(journal);
        Assert.Equal(20 - commissioning, _rig.Single(FindingKind.NonSaleExcess).Draft.Weight);
    }

    [Fact]
    public async Task Commissioning_tests_are_left_out_by_the_ledger_s_first_sale()
    {
        var journal = _rig.Books.Journal();
        NonSaleBody Test(string id, int pieces) => new(NonSalePurpose.Test, id, "",
            [.. Enumerable.Range(0, pieces).Select(i => new NonSaleLine($"S{i}", "tea", "tea", 1, 200))]);
        journal.Add(Test("t1", 24), PatternsRig.Start);
        journal.Add(PatternsRig.Sale("v1", PatternsRig.Line("cola", 1, 200)), PatternsRig.Start + PatternsRig.Hour);
        await _rig.CommitAsync(journal);
        Assert.Empty(_rig.Check().Found);
        journal.Add(Test("t2", Terms.NonSaleMinimumPieces), PatternsRig.Start + PatternsRig.Day);
        Assert.IsType<KioskFleet.Service.Ledger.CommitOutcome.Committed>(await _rig.Books.Commit(journal, 3));
        var (draft, evidence) = _rig.Single(FindingKind.NonSaleExcess);
        Assert.Equal(((long)Terms.NonSaleMinimumPieces, 24, 2), (draft.Weight,
            evidence.GetProperty("figures").GetProperty("commissioningTests").GetInt32(),
            evidence.GetProperty("examples").GetArrayLength()));
    }

    private static async Task LiveAsync(PatternsRig rig, HonestCity city)
    {
        foreach (var cabinet in city.Events.OrderBy(e => e.UtcMs).GroupBy(e => e.Cabinet))
        {
            var journal = rig.Books.Journal(cabinet.Key);
            var refunds = new List<(ulong Seq, byte Line, long Fen, long UtcMs)>();
            var bill = new List<(string VendId, ulong Buyer)>();
            foreach (var happened in cabinet)
            {
                var id = $"{cabinet.Key}-{journal.Count}";
                if (happened.Purpose is { } purpose)
                {
                    journal.Add(new NonSaleBody(purpose, id, "",
                        [.. happened.Slots.Select(s => new NonSaleLine(s.Slot, "tea", "tea", s.Pieces, 1))]),
                        happened.UtcMs);
                    continue;
                }

                var seq = journal.Add(PatternsRig.Sale(id, [.. happened.Lines.Select(l =>
                    PatternsRig.Line(l.Product.Sku, l.Quantity, l.UnitPriceFen, l.PaidFen, l.Claim))]), happened.UtcMs);
                if (happened.Buyer != 0)
                {
                    bill.Add((id, happened.Buyer));
                }

                refunds.AddRange(happened.Lines
                    .Select((l, i) => (seq, (byte)i, l.RefundedFen,
                        happened.UtcMs + l.RefundedDays * PatternsRig.Day))
                    .Where(r => r.RefundedFen > 0));
            }

            foreach (var (refund, i) in refunds.Select((r, i) => (r, i)))
            {
                journal.Refund($"r{i}", journal.Id, refund.Seq, refund.Fen, refund.Line, refund.UtcMs);
            }

            rig.Bill(bill);
            await rig.CommitAsync(journal);
        }
    }

    private void Correct(long position, byte lineClass, string cause = "Rejudged") => _rig.Books.Files.Run($"""
        INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen, lines_delta,
                                 line_classes, catalogue_version, corrected_utc_ms, corrected_by)
        VALUES ({position}, '{cause}', 0, 0, 0, X'000000', X'0{lineClass}', 9, 1, 'anna')
        """);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouSalesPatternsTests() : SalesPatternsTests("chuzhou-2020");

/// <summary>In the other one, which judges week by week.</summary>
public sealed class LinjiangSalesPatternsTests() : SalesPatternsTests("linjiang-2027");
