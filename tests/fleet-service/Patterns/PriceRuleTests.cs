using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>What a usual price is, and what stands out from it.</summary>
public sealed class PriceRuleTests
{
    private const long Hour = RulesOnPaper.HourMs;
    private static readonly PaperProduct Tea = new("tea", ProductClass.Aid, 500);

    [Theory]
    [InlineData(1_500, 1_500, false)] // three times is not above three times
    [InlineData(1_501, 1_501, true)]
    [InlineData(9_000, 1_500, false)] // shown dear, and sold at a discount
    [InlineData(500, 9_000, true)] // shown as usual, and paid dear
    public void One_sale_far_above_the_city_s_price_stands_out_when_it_was_paid(long unit, long paid, bool expected)
    {
        var events = City(5).Append(Sale("cab-0", Tea, unit, paid));
        Assert.Equal(expected, Found(events).Contains("cab-0"));
        Assert.Equal(expected ? 1 : 0, Found(events).Count);
    }

    [Fact]
    public void Many_sales_of_one_cabinet_do_not_make_the_usual_price_and_accuse_no_other()
    {
        var events = City(4).Concat(Enumerable.Range(0, 200).Select(_ => Sale("cheat", Tea, 5_000, 5_000)));
        Assert.Equal(["cheat"], Found(events));
    }

    [Fact]
    public void With_few_cabinets_nobody_knows_which_of_them_is_wrong()
    {
        var events = City(1).Concat(Enumerable.Range(0, 200).Select(_ => Sale("other", Tea, 5_000, 5_000)));
        Assert.Empty(Found(events));
    }

    [Fact]
    public void A_cabinet_alone_is_compared_with_itself()
    {
        Assert.Equal(["cab-0"], Found(City(1).Append(Sale("cab-0", Tea, 1_501, 1_501))));
        Assert.Empty(Found(City(1).Take(6).Append(Sale("cab-0", Tea, 1_501, 1_501))));
    }

    [Fact]
    public void A_slow_product_that_was_cleared_did_not_have_a_high_price_before()
    {
        var full = Enumerable.Range(0, 2).Select(_ => Sale("cab-0", Tea, 500, 500)).ToList();
        var cleared = Enumerable.Range(0, 10).Select(_ => Sale("cab-0", Tea, 100, 100)).ToList();
        Assert.Empty(Found(full.Concat(cleared)));
        Assert.Equal(["cab-0"], Found(cleared.Concat(full)));
        var elsewhere = Enumerable.Range(0, 3).Select(_ => Sale("cab-1", Tea, 500, 500));
        Assert.Empty(Found(cleared.Concat(full).Concat(elsewhere)));
    }

    [Theory]
    [InlineData(8, 8, true)]
    [InlineData(7, 0, false)] // too few to be more than a clearing
    [InlineData(8, 9, false)] // most were sold as usual
    public void Low_prices_stand_out_when_they_are_many_and_most(int low, int usual, bool expected)
    {
        var cola = new PaperProduct("cola", ProductClass.Ordinary, 300);
        var events = Enumerable.Range(0, 5).SelectMany(c => Enumerable.Range(0, 10)
                .Select(_ => Sale($"cab-{c}", cola, 300, 300)))
            .Concat(Enumerable.Range(0, low).Select(_ => Sale("low", cola, 99, 99)))
            .Concat(Enumerable.Range(0, usual).Select(_ => Sale("low", cola, 300, 300)));
        Assert.Equal(expected ? ["low"] : [], Found(events));
    }

    [Fact]
    public void A_third_is_not_below_a_third_and_a_discount_is_no_low_price()
    {
        var low = Enumerable.Range(0, 20).Select(_ => Sale("low", Tea, 167, 167)).ToList();
        Assert.Empty(Found(City(5).Concat(low)));
        var discounted = Enumerable.Range(0, 20).Select(_ => Sale("low", Tea, 500, 10));
        Assert.Empty(Found(City(5).Concat(discounted)));
    }

    [Fact]
    public void A_promotion_of_some_days_makes_the_full_price_no_high_one()
    {
        // In every cabinet most sales are at a quarter of the price, and some at the full one.
        var events = Enumerable.Range(0, 5).SelectMany(c => Enumerable.Range(0, 30)
            .Select(i => Sale($"cab-{c}", Tea, i < 20 ? 125 : 500, null))).ToList();
        Assert.Empty(Found(events));
        Assert.Empty(Found(events.Where(e => e.Cabinet == "cab-0")));
        Assert.Equal(["cab-0"], Found(events.Append(Sale("cab-0", Tea, 1_501, null))));
    }

    [Fact]
    public void A_place_that_is_dear_throughout_is_compared_at_its_own_level()
    {
        var products = Enumerable.Range(0, 6)
            .Select(i => new PaperProduct($"p{i}", ProductClass.Aid, 400 + i)).ToList();
        var events = products.SelectMany(p => Enumerable.Range(0, 5).SelectMany(c => Enumerable.Range(0, 8)
            .Select(_ => Sale(c == 4 ? "summit" : $"cab-{c}", p, p.PriceFen * (c == 4 ? 4 : 1), null)))).ToList();
        Assert.Empty(Found(events));
        Assert.Equal(["summit"], Found(events.Append(Sale("summit", products[0], 400 * 13, null))));

        // Few articles tell no level.
        Assert.Equal(["summit"], Found(events.Where(e => e.Lines[0].Product.Sku is not ("p4" or "p5"))));
    }

    [Fact]
    public void The_level_is_the_median_and_a_few_absurd_prices_do_not_move_it()
    {
        Assert.Equal(100, PriceRule.Level([90, 95, 3_000, 3_000]));
        Assert.Equal(110, PriceRule.Level([90, 95, 110, 3_000, 3_000]));
    }

    [Fact]
    public void A_code_is_one_article_for_all_operators_only_when_the_catalogue_says_so()
    {
        var articles = new Articles(
            new HashSet<(string, string)> { ("op-a", "69") }, new HashSet<string> { "69", "70" });
        Assert.Equal(articles.Of("op-b", "70"), articles.Of("op-a", "70"));
        Assert.NotEqual(articles.Of("op-b", "69"), articles.Of("op-a", "69"));
        Assert.NotEqual(articles.Of("op-b", "x"), articles.Of("op-a", "x"));
    }

    private static IEnumerable<PaperEvent> City(int cabinets) => Enumerable.Range(0, cabinets)
        .SelectMany(c => Enumerable.Range(0, 10).Select(_ => Sale($"cab-{c}", Tea, 500, 500)));

    private static PaperEvent Sale(string cabinet, PaperProduct product, long unit, long? paid) => new(
        cabinet, RulesOnPaper.StartUtcMs + 9 * Hour, 0, [new PaperLine(product, 1, unit, paid ?? unit)]);

    private static List<string> Found(IEnumerable<PaperEvent> events) => [.. RulesOnPaper.Found(events)
        .Where(f => f.Kind == FindingKind.PriceOutlier).Select(f => f.Cabinet).Distinct()];
}
