using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// Each rule at its edges, by a city's own thresholds. The edges are the same in windows of any length: here a month.
/// </summary>
public abstract class RuleTests(string dataSet)
{
    private const long Hour = RulesOnPaper.HourMs;
    private const long Day = RulesOnPaper.DayMs;
    private const long Start = RulesOnPaper.StartUtcMs;
    private static readonly PaperProduct Tea = new("tea", ProductClass.Aid, 500);
    private static readonly PaperProduct Cola = new("cola", ProductClass.Ordinary, 300);

    private static readonly DateOnly Running = new(2020, 9, 20);

    private readonly PaperCity _city = new(dataSet, "month");

    /// <summary>How the edge of the payers of a burst is named in cases.</summary>
    public enum Payers
    {
        Unknown, One, FewestOfACrowdLessOne, FewestOfACrowd, OneEach,
    }

    private CheckTerms Terms => _city.Terms;

    private DateOnly Ended => _city.LastLook(_city.WindowOf(Running));

    private int Burst => Terms.ProductBurstSales;

    [Theory]
    [InlineData(0, -1, 0, Payers.Unknown, true)]
    [InlineData(-1, -1, 0, Payers.Unknown, false)]
    [InlineData(0, 1, 0, Payers.Unknown, false)]
    [InlineData(0, -1, 1, Payers.Unknown, false)] // less than the part of the hour
    [InlineData(0, -1, 0, Payers.OneEach, false)] // as many payers as sales: demand
    [InlineData(0, -1, 0, Payers.FewestOfACrowd, false)]
    [InlineData(0, -1, 0, Payers.FewestOfACrowdLessOne, true)]
    [InlineData(0, -1, 0, Payers.One, true)]
    public void A_burst_is_many_sales_of_one_product_that_are_most_of_that_hour_and_not_a_crowd_s(
        int moreSales, int moreMinutes, int moreOfAll, Payers who, bool expected)
    {
        var (sales, minutes) = (Burst + moreSales, Terms.BurstMinutes + moreMinutes);
        var allSales = MostOf(sales, Terms.ProductBurstShareBasisPoints) + moreOfAll;
        var crowd = (sales * Terms.BurstPayersBasisPoints + 9_999) / 10_000;
        var payers = who switch
        {
            Payers.Unknown => 0,
            Payers.One => 1,
            Payers.FewestOfACrowdLessOne => crowd - 1,
            Payers.FewestOfACrowd => crowd,
            _ => sales,
        };
        var events = Enumerable.Range(0, sales).Select(i => Sale(
                Start + 10 * Hour + i * minutes * 60_000L / (sales - 1), Tea,
                payers == 0 ? 0 : 1UL + (ulong)(i % payers)))
            .Concat(Enumerable.Range(0, (int)allSales - sales).Select(i => Sale(Start + 10 * Hour + i + 1, Cola)));
        Assert.Equal(expected, Finds(events, FindingKind.ProductBurst));
    }

    [Theory]
    [InlineData(2, 1, true)] // too few other days to know what is usual
    [InlineData(3, 0, true)]
    [InlineData(3, 1, false)] // less than so many times the usual
    [InlineData(20, 1, false)]
    public void A_product_that_peaks_each_day_peaks_as_usual(int otherDays, int more, bool expected)
    {
        var usual = Burst * 100 / Terms.ProductBurstUsualPercent + more;
        var events = Enumerable.Range(0, Burst).Select(i => Sale(Start + 25 * Day + i * 60_000, Tea))
            .Concat(from day in Enumerable.Range(0, otherDays)
                    from i in Enumerable.Range(0, usual)
                    select Sale(Start + day * Day + i * 60_000, Tea));
        Assert.Equal(expected, Finds(events, FindingKind.ProductBurst));
    }

    [Fact]
    public void The_same_few_payers_each_day_are_no_habit()
    {
        var events = from day in Enumerable.Range(0, 10)
                     from i in Enumerable.Range(0, Burst)
                     select Sale(Start + day * Day + i * 60_000, Tea, 1UL + (ulong)(i % 3));
        Assert.True(Finds(events, FindingKind.ProductBurst));
    }

    [Fact]
    public void A_crowd_s_greater_rush_does_not_hide_the_burst_of_a_few()
    {
        var rush = Burst + 8;
        var events = Enumerable.Range(0, rush).Select(i => Sale(Start + Day + i * 60_000, Tea, 100UL + (ulong)i))
            .Concat(Enumerable.Range(0, Burst)
                .Select(i => Sale(Start + 2 * Day + i * 60_000, Tea, 1UL + (ulong)(i % 3))));
        Assert.True(Finds(events, FindingKind.ProductBurst));
        Assert.False(ProductBurstRule.IsBurst(new ProductPeak(rush, rush, rush, rush, 0, 0), Terms));
        Assert.True(ProductBurstRule.IsBurst(new ProductPeak(rush, rush, rush, 3, 0, 0), Terms));
    }

    [Fact]
    public void A_burst_that_is_a_small_part_of_the_aid_amount_lifts_no_share()
    {
        var burst = Enumerable.Range(0, Burst).Select(i => Sale(Start + 10 * Hour + i * 60_000, Tea)).ToList();
        var rest = (int)MostOf(Burst, Terms.ProductBurstAidBasisPoints) - Burst;
        var others = Enumerable.Range(0, rest + 1).Select(i => Sale(Start + Day + i * 2 * Hour, Tea));
        Assert.True(Finds(burst.Concat(others.Take(rest)), FindingKind.ProductBurst));
        Assert.False(Finds(burst.Concat(others.Take(rest + 1)), FindingKind.ProductBurst));

        // In a window that has just begun it is weighed by the one before.
        var most = MostOf(Burst * 500, Terms.ProductBurstAidBasisPoints);
        var paper = new RulesOnPaper(_city, Running) { EarlierAidFen = most };
        var busy = new RulesOnPaper(_city, Running) { EarlierAidFen = most + 1 };
        burst.ForEach(paper.See);
        burst.ForEach(busy.See);
        Assert.NotEmpty(paper.Tell(FindingKind.ProductBurst));
        Assert.Empty(busy.Tell(FindingKind.ProductBurst));
    }

    [Fact]
    public void What_was_given_back_in_full_is_no_burst_and_not_absurd()
    {
        var pieces = Terms.AbsurdQuantity + 1;
        var events = Enumerable.Range(0, 20).Select(i => new PaperEvent("cab-1", Start + Hour + i * 60_000, 0,
            [new PaperLine(Tea, pieces, 500, pieces * 500, pieces * 500)]));
        Assert.Empty(RulesOnPaper.Found(_city, events, Ended));
    }

    [Theory]
    [InlineData(0, 1, 1, 0, null, true)]
    [InlineData(-1, 1, 1, 0, null, false)]
    [InlineData(0, 1, 2, 0, null, false)] // half of them on each of two days
    [InlineData(0, 2, 2, 0, null, true)]
    [InlineData(0, 1, 1, 1, null, false)] // less than the part of the aid amount
    [InlineData(0, 1, 1, 0, 1, false)] // less than the part of the window before
    [InlineData(0, 1, 1, 0, 0, true)]
    public void A_buyer_s_burst_is_many_purchases_on_one_day_and_a_large_part(
        int more, int times, int days, int moreAidFen, int? moreEarlierFen, bool expected)
    {
        var purchases = (Terms.BuyerBurstSales + more) * times;
        var most = MostOf(purchases * 500, Terms.BuyerBurstShareBasisPoints);
        var paper = new RulesOnPaper(_city, Running)
        {
            EarlierAidFen = moreEarlierFen is { } earlier ? most + earlier : 0,
        };
        var bought = Enumerable.Range(0, purchases).Select(i =>
            Sale(Start + i % days * Day + i * Hour, Tea with { PriceFen = 500 }, 7));
        var rest = most + moreAidFen - purchases * 500;
        foreach (var happened in bought.Append(Sale(Start + 5 * Day, Tea with { PriceFen = rest }))
            .OrderBy(e => e.UtcMs))
        {
            paper.See(happened);
        }

        Assert.Equal(expected, paper.Tell(FindingKind.BuyerBurst).Count > 0);
    }

    [Theory]
    [InlineData(0, null, 0, false)]
    [InlineData(1, null, 0, true)]
    [InlineData(1, null, 1, true)] // all but one fen given back
    [InlineData(null, 0, 0, false)]
    [InlineData(null, 1, 0, true)]
    public void A_sale_is_absurd_above_the_quantity_or_the_price(
        int? moreThanPieces, int? moreThanPrice, int keptFen, bool expected)
    {
        var pieces = moreThanPieces is { } p ? Terms.AbsurdQuantity + p : 1;
        var price = moreThanPrice is { } f ? Terms.AbsurdUnitPriceFen + f : 500L;
        var refunded = keptFen == 0 ? 0 : pieces * price - keptFen;
        PaperEvent[] events = [new("cab-1", Start, 0, [new PaperLine(Tea, pieces, price, price * pieces, refunded)])];
        Assert.Equal(expected, Finds(events, FindingKind.AbsurdSale));
        PaperEvent[] ordinary =
            [new("cab-1", Start, 0, [new PaperLine(Cola, pieces, price, price * pieces, refunded)])];
        Assert.False(Finds(ordinary, FindingKind.AbsurdSale));
    }

    [Fact]
    public void An_absurd_quantity_is_not_hidden_in_several_lines()
    {
        var (most, half) = (Terms.AbsurdQuantity, Terms.AbsurdQuantity / 2 + 1);
        PaperLine[] lines =
        [
            new(Tea, half, 500, half * 500), new(Cola, 1, 300, 300),
            new(Tea, most + 1 - half, 500, (most + 1 - half) * 500),
        ];
        var paper = new RulesOnPaper(_city, Ended);
        paper.See(new PaperEvent("cab-1", Start, 0, lines));
        var found = Assert.Single(paper.Tell(FindingKind.AbsurdSale));
        Assert.Equal(((most + 1) * 500L, 1L, most + 1L),
            (found.Weight, (long)found.Figures["sales"]!, (long)found.Figures["mostPieces"]!));
    }

    [Theory]
    [InlineData(2, 0, 0, 0, false)]
    [InlineData(2, 0, 0, -1, true)]
    [InlineData(2, 0, -1, -100, false)]
    [InlineData(1, 1, 0, -1, true)]
    [InlineData(0, 0, 0, 0, false)] // maintenance has a part of its own
    [InlineData(0, 0, 0, -1, true)]
    public void Non_sales_are_too_many_above_their_part(
        int testHalves, int freeHalves, int more, int moreSold, bool expected)
    {
        var least = Terms.NonSaleMinimumPieces;
        var (tests, free) = (testHalves * least / 2 + (testHalves > 0 ? more : 0), freeHalves * least / 2);
        var maintenance = tests + free == 0 ? 4 * least : 0;
        var sold = moreSold - tests - free - maintenance + (maintenance > 0
            ? MostOf(maintenance, Terms.MaintenanceShareBasisPoints)
            : MostOf(tests + free, Terms.NonSaleShareBasisPoints));
        var paper = new RulesOnPaper(_city, Ended) { FirstSaleDay = 20200801 };
        paper.See(NonSale(NonSalePurpose.Test, tests));
        paper.See(NonSale(NonSalePurpose.Free, free));
        paper.See(NonSale(NonSalePurpose.Maintenance, maintenance));
        for (var i = 0; i < sold; i++)
        {
            paper.See(Sale(Start + i * Hour, Cola));
        }

        Assert.Equal(expected, paper.Tell(FindingKind.NonSaleExcess).Count > 0);
    }

    [Theory]
    [InlineData(20200901, false)]
    [InlineData(20200831, true)]
    [InlineData(int.MaxValue, false)]
    public void Tests_up_to_the_first_sale_s_day_are_commissioning(int firstSaleDay, bool expected)
    {
        var paper = new RulesOnPaper(_city, Ended) { FirstSaleDay = firstSaleDay };
        paper.See(NonSale(NonSalePurpose.Test, 2 * Terms.NonSaleMinimumPieces));
        Assert.Equal(expected, paper.Tell(FindingKind.NonSaleExcess).Count > 0);
    }

    [Theory]
    [InlineData(0, 100, 890, true)]
    [InlineData(0, 30, 1_000, false)] // less than the part
    [InlineData(-1, 100, 500, false)] // two may be chance
    [InlineData(null, 600, 400, true)] // but one by which the window stood is not
    [InlineData(null, 400, 600, false)]
    public void Late_refunds_are_several_or_saved_the_window(
        int? more, long lateYuan, long keptYuan, bool expected)
    {
        var (lateFen, keptFen) = (lateYuan * 100, keptYuan * 100);
        var sales = more is { } n ? Terms.LateRefundMinimumSales + n : 1;
        var events = Enumerable.Range(0, sales)
            .Select(i => new PaperEvent("cab-1", Start + 29 * Day + i, 0,
                [new PaperLine(Tea, 1, lateFen, lateFen, lateFen, 1)]))
            .Append(new PaperEvent("cab-1", Start, 0, [new PaperLine(Tea, 1, keptFen, keptFen)]))
            .Append(new PaperEvent("cab-1", Start, 0, [new PaperLine(Cola, 1, 50_000, 50_000)])).ToList();
        Assert.Equal(expected, Finds(events, FindingKind.RefundedAfterWindow));
        Assert.DoesNotContain(
            RulesOnPaper.Found(_city, events, Running), f => f.Kind == FindingKind.RefundedAfterWindow);
    }

    [Theory]
    [InlineData(0, (byte)ProductClass.Ordinary, AidClaim.Aid, true)]
    [InlineData(-1, (byte)ProductClass.Ordinary, AidClaim.Aid, false)]
    [InlineData(6, (byte)ProductClass.Unmapped, AidClaim.Aid, false)] // waits for the county
    [InlineData(6, (byte)ProductClass.Aid, AidClaim.Aid, false)]
    [InlineData(6, (byte)ProductClass.Aid, AidClaim.Ordinary, false)] // to its own disadvantage
    [InlineData(6, (byte)ProductClass.Ordinary, AidClaim.None, false)]
    public void Lines_are_claimed_falsely_when_the_catalogue_says_ordinary(
        int more, byte of, AidClaim claim, bool expected)
    {
        var events = Enumerable.Range(0, Terms.AidClaimMinimumLines + more)
            .Select(i => Claimed("gum", (ProductClass)of, claim, i));
        Assert.Equal(expected, Finds(events, FindingKind.AidClaimMismatch));
    }

    [Fact]
    public void A_SKU_whose_listing_lapsed_within_the_window_is_no_false_claim()
    {
        var stale = Enumerable.Range(0, 20).Select(i => Claimed(
            "cake", i < 5 ? ProductClass.Aid : ProductClass.Ordinary, AidClaim.Aid, i)).ToList();
        Assert.False(Finds(stale, FindingKind.AidClaimMismatch));
        Assert.True(Finds(stale.Skip(5), FindingKind.AidClaimMismatch));
    }

    private static PaperEvent Claimed(string sku, ProductClass of, AidClaim claim, int hour) => new(
        "cab-1", Start + hour * Hour, 0,
        [new PaperLine(new PaperProduct(sku, of, 300), 1, 300, 300) { Claim = claim }]);

    private bool Finds(IEnumerable<PaperEvent> events, FindingKind kind) =>
        RulesOnPaper.Found(_city, events, Ended).Any(f => f.Kind == kind);

    private static PaperEvent Sale(long utcMs, PaperProduct product, ulong buyer = 0) =>
        new("cab-1", utcMs, buyer, [new PaperLine(product, 1, product.PriceFen, product.PriceFen)]);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(-1, -1, false)]
    [InlineData(0, null, true)]
    public void Payments_on_no_bill_are_an_excess_above_the_part_and_from_the_amount_on(
        long moreFen, int? moreAidFen, bool isExcess)
    {
        var fen = Terms.NotByBillMinimumFen + moreFen;
        var most = (fen * 10_000 - 1) / Terms.NotByBillBasisPoints;
        Assert.Equal(isExcess, NotByBillRule.IsExcess(fen, moreAidFen is { } more ? most + more : -1, Terms));
    }

    [Theory]
    [InlineData(0, 0, 10_000, true)]
    [InlineData(-1, 0, 10_000, false)]
    [InlineData(0, -1, 10_000, false)]
    [InlineData(0, null, 0, false)]
    public void Purchases_of_a_window_are_a_burst_from_the_number_and_the_part_on(
        int moreSales, int? moreFen, long aidFen, bool isMany) =>
        Assert.Equal(isMany, BuyerBurstRule.IsMany(Terms.BuyerWindowSales + moreSales,
            moreFen is { } more ? Terms.BuyerWindowShareBasisPoints + more : 0, aidFen, Terms));

    [Fact]
    public void Commissioning_is_a_few_pieces_of_each_slot_until_the_first_sale_while_the_cabinet_is_new()
    {
        var few = Terms.CommissioningPiecesPerSlot;
        var tests = new Dictionary<(int, string), long>
        {
            [(20200901, "A1")] = few - 1, [(20200902, "A1")] = few, [(20200901, "A2")] = 1, [(20200905, "A3")] = 1,
        };
        Assert.Equal(few + 2, Of(int.MaxValue, 20200905));
        Assert.Equal(few + 1, Of(20200904, 20201001));
        Assert.Equal(few + 1, Of(int.MaxValue, 20200904));
        Assert.Equal(few, Of(20200901, 20200901));
        Assert.Equal(0, Of(20200831, 20201001));

        long Of(int firstSale, int lastNew) =>
            NonSaleRule.Commissioning(tests, firstSale, lastNew, Terms);
    }

    [Fact]
    public void Lines_of_one_SKU_in_one_sale_are_weighed_together_and_once()
    {
        var tea = HonestCity.AidProduct(0);
        var paper = new RulesOnPaper(_city, Ended);
        paper.See(new PaperEvent("cab-1", Start + 8 * Hour, 0,
            [new PaperLine(tea, 20, 100, 2_000), new PaperLine(tea, 40, 100, 4_000)]));
        var found = Assert.Single(paper.Tell(FindingKind.AbsurdSale));
        Assert.Equal((6_000L, 60L), (found.Weight, (long)found.Figures["mostPieces"]!));
    }

    private static PaperEvent NonSale(NonSalePurpose purpose, int pieces) =>
        new("cab-1", Start + 8 * Hour, 0, []) { Purpose = purpose, Pieces = pieces };

    /// <summary>The greatest whole of which a part is still so many basis points.</summary>
    private static long MostOf(long part, int basisPoints) => part * 10_000 / basisPoints;
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRuleTests() : RuleTests("chuzhou-2020")
{
    [Fact]
    public void The_code_s_defaults_are_the_thresholds_of_the_default_data_set() => Assert.All(
        new PaperCity("chuzhou-2020").Places.Policies, policy => Assert.Equal(new CheckTerms(), policy.Checks));
}

/// <summary>In the other one.</summary>
public sealed class LinjiangRuleTests() : RuleTests("linjiang-2027");
