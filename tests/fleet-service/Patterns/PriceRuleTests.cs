using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>What a usual price is, and what stands out from it.</summary>
public abstract class PriceRuleTests(string dataSet)
{
    private const long Hour = RulesOnPaper.HourMs;
    private static readonly PaperProduct Tea = new("tea", ProductClass.Aid, 500);

    private readonly PaperCity _city = new(dataSet, "month");

    private CheckTerms Terms => _city.Terms;

    /// <summary>So many cabinets tell the city's price.</summary>
    private int Enough => Terms.PriceMinimumCabinets;

    private int Few => Terms.PriceMinimumSales;

    /// <summary>So many times the tea's price is not above so many times.</summary>
    private long Dear => 500L * Terms.PriceOutlierPercent / 100;

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(7_500, 0, false)] // shown dear, and sold at a discount
    [InlineData(null, 7_500, true)] // shown as usual, and paid dear
    public void One_sale_far_above_the_city_s_price_stands_out_when_it_was_paid(
        int? moreUnit, long morePaid, bool expected)
    {
        var unit = moreUnit is { } more ? Dear + more : 500;
        var events = City(Enough).Append(Sale("cab-0", Tea, unit, Dear + morePaid));
        Assert.Equal(expected, Found(events).Contains("cab-0"));
        Assert.Equal(expected ? 1 : 0, Found(events).Count);
    }

    [Fact]
    public void Many_sales_of_one_cabinet_do_not_make_the_usual_price_and_accuse_no_other()
    {
        var events = City(Enough - 1).Concat(Enumerable.Range(0, 200).Select(_ => Sale("cheat", Tea, 5_000, 5_000)));
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
        Assert.Equal(["cab-0"], Found(City(1).Append(Sale("cab-0", Tea, Dear + 1, Dear + 1))));
        Assert.Empty(Found(City(1).Take(Few - 2).Append(Sale("cab-0", Tea, Dear + 1, Dear + 1))));
    }

    [Fact]
    public void A_slow_product_that_was_cleared_did_not_have_a_high_price_before()
    {
        var full = Enumerable.Range(0, 2).Select(_ => Sale("cab-0", Tea, 500, 500)).ToList();
        var cleared = Enumerable.Range(0, Few + 2).Select(_ => Sale("cab-0", Tea, 100, 100)).ToList();
        Assert.Empty(Found(full.Concat(cleared)));
        Assert.Equal(["cab-0"], Found(cleared.Concat(full)));
        var elsewhere = Enumerable.Range(0, 3).Select(_ => Sale("cab-1", Tea, 500, 500));
        Assert.Empty(Found(cleared.Concat(full).Concat(elsewhere)));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(-1, null, false)] // too few to be more than a clearing
    [InlineData(0, 1, false)] // most were sold as usual
    public void Low_prices_stand_out_when_they_are_many_and_most(int more, int? moreUsual, bool expected)
    {
        var (low, usual) = (Few + more, moreUsual is { } u ? Few + u : 0);
        var cheap = 300L * 100 / Terms.PriceOutlierPercent - 1;
        var cola = new PaperProduct("cola", ProductClass.Ordinary, 300);
        var events = Enumerable.Range(0, Enough).SelectMany(c => Enumerable.Range(0, Few + 2)
                .Select(_ => Sale($"cab-{c}", cola, 300, 300)))
            .Concat(Enumerable.Range(0, low).Select(_ => Sale("low", cola, cheap, cheap)))
            .Concat(Enumerable.Range(0, usual).Select(_ => Sale("low", cola, 300, 300)));
        Assert.Equal(expected ? ["low"] : [], Found(events));
    }

    [Fact]
    public void A_third_is_not_below_a_third_and_a_discount_is_no_low_price()
    {
        var third = (500L * 100 + Terms.PriceOutlierPercent - 1) / Terms.PriceOutlierPercent;
        var low = Enumerable.Range(0, 20).Select(_ => Sale("low", Tea, third, third)).ToList();
        Assert.Empty(Found(City(Enough).Concat(low)));
        var discounted = Enumerable.Range(0, 20).Select(_ => Sale("low", Tea, 500, 10));
        Assert.Empty(Found(City(Enough).Concat(discounted)));
    }

    [Fact]
    public void A_promotion_of_some_days_makes_the_full_price_no_high_one()
    {
        // In every cabinet most sales are at a quarter of the price, and some at the full one.
        var events = Enumerable.Range(0, Enough).SelectMany(c => Enumerable.Range(0, 30)
            .Select(i => Sale($"cab-{c}", Tea, i < 20 ? 125 : 500, null))).ToList();
        Assert.Empty(Found(events));
        Assert.Empty(Found(events.Where(e => e.Cabinet == "cab-0")));
        Assert.Equal(["cab-0"], Found(events.Append(Sale("cab-0", Tea, Dear + 1, null))));
    }

    [Fact]
    public void A_place_that_is_dear_throughout_is_compared_at_its_own_level()
    {
        var products = Enumerable.Range(0, 6)
            .Select(i => new PaperProduct($"p{i}", ProductClass.Aid, 400 + i)).ToList();
        var level = 1 + (Terms.PriceOutlierPercent + 99) / 100;
        var events = products.SelectMany(p => Enumerable.Range(0, Enough).SelectMany(c => Enumerable.Range(0, Few)
            .Select(_ => Sale(c == 0 ? "summit" : $"cab-{c}", p, p.PriceFen * (c == 0 ? level : 1), null)))).ToList();
        Assert.Empty(Found(events));
        var beyond = 400L * (level * Terms.PriceOutlierPercent / 100 + 1);
        Assert.Equal(["summit"], Found(events.Append(Sale("summit", products[0], beyond, null))));

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

    private IEnumerable<PaperEvent> City(int cabinets) => Enumerable.Range(0, cabinets)
        .SelectMany(c => Enumerable.Range(0, Few + 2).Select(_ => Sale($"cab-{c}", Tea, 500, 500)));

    private static PaperEvent Sale(string cabinet, PaperProduct product, long unit, long? paid) => new(
        cabinet, RulesOnPaper.StartUtcMs + 9 * Hour, 0, [new PaperLine(product, 1, unit, paid ?? unit)]);

    private List<string> Found(IEnumerable<PaperEvent> events) => [.. RulesOnPaper
        .Found(_city, events, _city.LastLook(_city.WindowOf(new DateOnly(2020, 9, 1))))
        .Where(f => f.Kind == FindingKind.PriceOutlier).Select(f => f.Cabinet).Distinct()];
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPriceRuleTests() : PriceRuleTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPriceRuleTests() : PriceRuleTests("linjiang-2027");
