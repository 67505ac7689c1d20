using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>Each rule at its edges, by the shipped thresholds.</summary>
public sealed class RuleTests
{
    private const long Hour = RulesOnPaper.HourMs;
    private const long Day = RulesOnPaper.DayMs;
    private const long Start = RulesOnPaper.StartUtcMs;
    private static readonly PaperProduct Tea = new("tea", ProductClass.Aid, 500);
    private static readonly PaperProduct Cola = new("cola", ProductClass.Ordinary, 300);

    private static readonly DateOnly Running = new(2020, 9, 20);

    [Fact]
    public void The_code_s_defaults_are_the_shipped_thresholds() =>
        Assert.All(RulesOnPaper.Places.Policies, policy => Assert.Equal(new CheckTerms(), policy.Checks));

    [Theory]
    [InlineData(12, 59, 20, 0, true)]
    [InlineData(11, 59, 18, 0, false)]
    [InlineData(12, 61, 20, 0, false)]
    [InlineData(12, 59, 21, 0, false)] // 12 of 21 are less than 60 %
    [InlineData(12, 59, 20, 12, false)] // as many payers as sales: demand
    [InlineData(12, 59, 20, 9, false)]
    [InlineData(12, 59, 20, 8, true)]
    [InlineData(12, 59, 20, 1, true)]
    public void A_burst_is_many_sales_of_one_product_that_are_most_of_that_hour_and_not_a_crowd_s(
        int sales, int minutes, int allSales, int payers, bool expected)
    {
        var events = Enumerable.Range(0, sales).Select(i => Sale(
                Start + 10 * Hour + i * minutes * 60_000L / (sales - 1), Tea,
                payers == 0 ? 0 : 1UL + (ulong)(i % payers)))
            .Concat(Enumerable.Range(0, allSales - sales).Select(i => Sale(Start + 10 * Hour + i + 1, Cola)));
        Assert.Equal(expected, Finds(events, FindingKind.ProductBurst));
    }

    [Theory]
    [InlineData(2, 7, true)] // too few other days to know what is usual
    [InlineData(3, 6, true)]
    [InlineData(3, 7, false)] // 12 are less than twice 7
    [InlineData(20, 7, false)]
    public void A_product_that_peaks_each_day_peaks_as_usual(int otherDays, int usual, bool expected)
    {
        var events = Enumerable.Range(0, 12).Select(i => Sale(Start + 25 * Day + i * 60_000, Tea))
            .Concat(from day in Enumerable.Range(0, otherDays)
                    from i in Enumerable.Range(0, usual)
                    select Sale(Start + day * Day + i * 60_000, Tea));
        Assert.Equal(expected, Finds(events, FindingKind.ProductBurst));
    }

    [Fact]
    public void The_same_few_payers_each_day_are_no_habit()
    {
        var events = from day in Enumerable.Range(0, 10)
                     from i in Enumerable.Range(0, 12)
                     select Sale(Start + day * Day + i * 60_000, Tea, 1UL + (ulong)(i % 3));
        Assert.True(Finds(events, FindingKind.ProductBurst));
    }

    [Fact]
    public void A_crowd_s_greater_rush_does_not_hide_the_burst_of_a_few()
    {
        var events = Enumerable.Range(0, 20).Select(i => Sale(Start + Day + i * 60_000, Tea, 100UL + (ulong)i))
            .Concat(Enumerable.Range(0, 12).Select(i => Sale(Start + 2 * Day + i * 60_000, Tea, 1UL + (ulong)(i % 3))));
        Assert.True(Finds(events, FindingKind.ProductBurst));
        var terms = RulesOnPaper.Policy.Checks;
        Assert.False(ProductBurstRule.IsBurst(new ProductPeak(20, 20, 20, 20, 0, 0), terms));
        Assert.True(ProductBurstRule.IsBurst(new ProductPeak(20, 20, 20, 3, 0, 0), terms));
    }

    [Fact]
    public void A_burst_that_is_a_small_part_of_the_aid_amount_lifts_no_share()
    {
        var burst = Enumerable.Range(0, 12).Select(i => Sale(Start + 10 * Hour + i * 60_000, Tea)).ToList();
        var others = Enumerable.Range(0, 240).Select(i => Sale(Start + Day + i * 2 * Hour, Tea));
        Assert.True(Finds(burst.Concat(others.Take(228)), FindingKind.ProductBurst));
        Assert.False(Finds(burst.Concat(others.Take(229)), FindingKind.ProductBurst));

        // In a window that has just begun it is weighed by the one before.
        var paper = new RulesOnPaper(Running) { EarlierAidFen = 12 * 500 * 20 };
        var busy = new RulesOnPaper(Running) { EarlierAidFen = 12 * 500 * 20 + 1 };
        burst.ForEach(paper.See);
        burst.ForEach(busy.See);
        Assert.NotEmpty(paper.Tell(FindingKind.ProductBurst));
        Assert.Empty(busy.Tell(FindingKind.ProductBurst));
    }

    [Fact]
    public void What_was_given_back_in_full_is_no_burst_and_not_absurd()
    {
        var events = Enumerable.Range(0, 20).Select(i => new PaperEvent("cab-1", Start + Hour + i * 60_000, 0,
            [new PaperLine(Tea, 31, 500, 31 * 500, 31 * 500)]));
        Assert.Empty(RulesOnPaper.Found(events));
    }

    [Theory]
    [InlineData(8, 1, 2_000, 0, true)]
    [InlineData(7, 1, 2_000, 0, false)]
    [InlineData(8, 2, 2_000, 0, false)] // four on each of two days
    [InlineData(16, 2, 4_000, 0, true)]
    [InlineData(8, 1, 2_001, 0, false)] // less than a fifth of the aid amount
    [InlineData(8, 1, 2_000, 2_001, false)] // less than a fifth of the month before
    [InlineData(8, 1, 2_000, 2_000, true)]
    public void A_buyer_s_burst_is_many_purchases_on_one_day_and_a_large_part(
        int purchases, int days, long aidInTensOfFen, long earlierInTensOfFen, bool expected)
    {
        var paper = new RulesOnPaper(Running) { EarlierAidFen = earlierInTensOfFen * 10 };
        var bought = Enumerable.Range(0, purchases).Select(i =>
            Sale(Start + i % days * Day + i * Hour, Tea with { PriceFen = 500 }, 7));
        var rest = aidInTensOfFen * 10 - purchases * 500;
        foreach (var happened in bought.Append(Sale(Start + 5 * Day, Tea with { PriceFen = rest }))
            .OrderBy(e => e.UtcMs))
        {
            paper.See(happened);
        }

        Assert.Equal(expected, paper.Tell(FindingKind.BuyerBurst).Count > 0);
    }

    [Theory]
    [InlineData(30, 500, 0, false)]
    [InlineData(31, 500, 0, true)]
    [InlineData(31, 500, 31 * 500 - 1, true)]
    [InlineData(1, 100_000, 0, false)]
    [InlineData(1, 100_001, 0, true)]
    [InlineData(2, 100_000, 0, false)]
    public void A_sale_is_absurd_above_the_quantity_or_the_price(int pieces, long price, long refunded, bool expected)
    {
        PaperEvent[] events = [new("cab-1", Start, 0, [new PaperLine(Tea, pieces, price, price * pieces, refunded)])];
        Assert.Equal(expected, Finds(events, FindingKind.AbsurdSale));
        PaperEvent[] ordinary =
            [new("cab-1", Start, 0, [new PaperLine(Cola, pieces, price, price * pieces, refunded)])];
        Assert.False(Finds(ordinary, FindingKind.AbsurdSale));
    }

    [Fact]
    public void An_absurd_quantity_is_not_hidden_in_several_lines()
    {
        PaperLine[] lines = [new(Tea, 16, 500, 8_000), new(Cola, 1, 300, 300), new(Tea, 15, 500, 7_500)];
        var paper = new RulesOnPaper();
        paper.See(new PaperEvent("cab-1", Start, 0, lines));
        var found = Assert.Single(paper.Tell(FindingKind.AbsurdSale));
        Assert.Equal((15_500L, 1L, 31L),
            (found.Weight, (long)found.Figures["sales"]!, (long)found.Figures["mostPieces"]!));
    }

    [Theory]
    [InlineData(10, 0, 0, 190, false)] // 10 of 200 are 5 %
    [InlineData(10, 0, 0, 189, true)]
    [InlineData(9, 0, 0, 20, false)]
    [InlineData(5, 5, 0, 189, true)]
    [InlineData(0, 0, 40, 160, false)] // maintenance has a part of its own
    [InlineData(0, 0, 40, 159, true)]
    public void Non_sales_are_too_many_above_their_part(int tests, int free, int maintenance, int sold, bool expected)
    {
        var paper = new RulesOnPaper { FirstSaleDay = 20200801 };
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
        var paper = new RulesOnPaper { FirstSaleDay = firstSaleDay };
        paper.See(NonSale(NonSalePurpose.Test, 24));
        Assert.Equal(expected, paper.Tell(FindingKind.NonSaleExcess).Count > 0);
    }

    [Theory]
    [InlineData(3, 100, 890, true)]
    [InlineData(3, 30, 910, false)] // 90 of 1,000: less than a tenth
    [InlineData(2, 100, 500, false)] // two may be chance
    [InlineData(1, 600, 400, true)] // but one by which the window stood is not
    [InlineData(1, 400, 600, false)]
    public void Late_refunds_are_several_or_saved_the_window(int sales, long lateFen, long keptFen, bool expected)
    {
        var events = Enumerable.Range(0, sales)
            .Select(i => new PaperEvent("cab-1", Start + 29 * Day + i, 0,
                [new PaperLine(Tea, 1, lateFen, lateFen, lateFen, lateFen)]))
            .Append(new PaperEvent("cab-1", Start, 0, [new PaperLine(Tea, 1, keptFen, keptFen)]))
            .Append(new PaperEvent("cab-1", Start, 0, [new PaperLine(Cola, 1, 500, 500)])).ToList();
        Assert.Equal(expected, Finds(events, FindingKind.RefundedAfterWindow));
        Assert.DoesNotContain(RulesOnPaper.Found(events, Running), f => f.Kind == FindingKind.RefundedAfterWindow);
    }

    [Theory]
    [InlineData(3, (byte)ProductClass.Ordinary, AidClaim.Aid, true)]
    [InlineData(2, (byte)ProductClass.Ordinary, AidClaim.Aid, false)]
    [InlineData(9, (byte)ProductClass.Unmapped, AidClaim.Aid, false)] // waits for the county
    [InlineData(9, (byte)ProductClass.Aid, AidClaim.Aid, false)]
    [InlineData(9, (byte)ProductClass.Aid, AidClaim.Ordinary, false)] // to its own disadvantage
    [InlineData(9, (byte)ProductClass.Ordinary, AidClaim.None, false)]
    public void Lines_are_claimed_falsely_when_the_catalogue_says_ordinary(
        int lines, byte of, AidClaim claim, bool expected)
    {
        var events = Enumerable.Range(0, lines).Select(i => Claimed("gum", (ProductClass)of, claim, i));
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

    private static bool Finds(IEnumerable<PaperEvent> events, FindingKind kind) =>
        RulesOnPaper.Found(events).Any(f => f.Kind == kind);

    private static PaperEvent Sale(long utcMs, PaperProduct product, ulong buyer = 0) =>
        new("cab-1", utcMs, buyer, [new PaperLine(product, 1, product.PriceFen, product.PriceFen)]);

    [Theory]
    [InlineData(100_000, 166_666, true)]
    [InlineData(100_000, 166_667, false)]
    [InlineData(99_999, 100_000, false)]
    [InlineData(100_000, -1, true)]
    public void Payments_on_no_bill_are_an_excess_above_the_part_and_from_the_amount_on(
        long fen, long aidFen, bool isExcess) =>
        Assert.Equal(isExcess, NotByBillRule.IsExcess(fen, aidFen, RulesOnPaper.Policy.Checks));

    [Theory]
    [InlineData(60, 330, 1_000, true)]
    [InlineData(59, 330, 1_000, false)]
    [InlineData(60, 329, 1_000, false)]
    [InlineData(60, 0, 0, false)]
    public void Purchases_of_a_window_are_a_burst_from_the_number_and_the_part_on(
        long sales, long fen, long aidFen, bool isMany) =>
        Assert.Equal(isMany, BuyerBurstRule.IsMany(sales, fen, aidFen, RulesOnPaper.Policy.Checks));

    [Fact]
    public void Commissioning_is_a_few_pieces_of_each_slot_until_the_first_sale_while_the_cabinet_is_new()
    {
        var tests = new Dictionary<(int, string), long>
        {
            [(20200901, "A1")] = 2, [(20200902, "A1")] = 2, [(20200901, "A2")] = 1, [(20200905, "A3")] = 1,
        };
        Assert.Equal(5, Of(int.MaxValue, 20200905));
        Assert.Equal(4, Of(20200904, 20201001));
        Assert.Equal(4, Of(int.MaxValue, 20200904));
        Assert.Equal(3, Of(20200901, 20200901));
        Assert.Equal(0, Of(20200831, 20201001));

        long Of(int firstSale, int lastNew) =>
            NonSaleRule.Commissioning(tests, firstSale, lastNew, RulesOnPaper.Policy.Checks);
    }

    [Fact]
    public void Lines_of_one_SKU_in_one_sale_are_weighed_together_and_once()
    {
        var tea = HonestCity.AidProduct(0);
        var paper = new RulesOnPaper();
        paper.See(new PaperEvent("cab-1", Start + 8 * Hour, 0,
            [new PaperLine(tea, 20, 100, 2_000), new PaperLine(tea, 40, 100, 4_000)]));
        var found = Assert.Single(paper.Tell(FindingKind.AbsurdSale));
        Assert.Equal((6_000L, 60L), (found.Weight, (long)found.Figures["mostPieces"]!));
    }

    private static PaperEvent NonSale(NonSalePurpose purpose, int pieces) =>
        new("cab-1", Start + 8 * Hour, 0, []) { Purpose = purpose, Pieces = pieces };
}
