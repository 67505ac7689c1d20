using KioskFleet.Protocol;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using Xunit;
using CatalogueSpan = KioskFleet.Service.Catalogue.SkuSpan;

namespace KioskFleet.Service.Tests.Enforcement;

[RunsOnce]
public sealed class SkuListTests
{
    [Fact]
    public void Only_what_is_mapped_or_blocked_is_named_in_the_order_of_the_protocol()
    {
        var list = SkuListRule.Of(
            [
                new("b", 50, ProductClass.Aid, false), new("b", 90, ProductClass.Ordinary, false),
                new("水", 50, ProductClass.Ordinary, false), new("Z", 50, ProductClass.Aid, false),
                new("never", 50, ProductClass.Unmapped, false), new("gone", 50, ProductClass.Unmapped, true),
                new(new string('x', 65), 50, ProductClass.Aid, false),
            ], NobodyAsks);

        Assert.Equal(["Z", "b", "gone", "水"], list.Select(sku => sku.Sku));
        Assert.Equal([new(0, GateClass.Aid, false), new(90, GateClass.Ordinary, false)], list[1].Spans);
        Assert.Equal([new(0, GateClass.Unmapped, true)], list[2].Spans);
    }

    [Fact]
    public void A_list_does_not_change_with_the_moment_from_which_it_is_looked_at() => Assert.Equal(
        ConfigRule.SkuKeyOf(SkuListRule.Of([new("a", 5, ProductClass.Aid, false)], NobodyAsks), []),
        ConfigRule.SkuKeyOf(SkuListRule.Of([new("a", 99, ProductClass.Aid, false)], NobodyAsks), []));

    [Fact]
    public void Of_too_many_the_blocked_and_the_newest_sold_are_named()
    {
        var spans = Enumerable.Range(0, Limits.MaxConfigSkus + 50)
            .Select(i => new CatalogueSpan($"{i:0000}", 0, ProductClass.Aid, i == 1_049));
        var list = SkuListRule.Of(spans, () => ["1010", "nobody-knows-this", "1020"]);

        Assert.Equal(Limits.MaxConfigSkus, list.Count);
        Assert.Subset(list.Select(sku => sku.Sku).ToHashSet(), new HashSet<string> { "1049", "1010", "1020", "0000" });
        Assert.DoesNotContain("1000", list.Select(sku => sku.Sku));
    }

    [Fact]
    public void A_list_that_would_be_too_large_leaves_out_the_rest()
    {
        var spans = Enumerable.Range(0, 1_000).SelectMany(i => Enumerable.Range(0, 40).Select(n =>
            new CatalogueSpan($"{i:0000}{new string('x', 60)}", n,
                n % 2 == 0 ? ProductClass.Aid : ProductClass.Ordinary, false)));
        var list = SkuListRule.Of(spans, () => []);

        Assert.All(list, sku => Assert.Equal(Limits.MaxConfigSpans, sku.Spans.Count));
        Assert.Equal(39, list[0].Spans[^1].FromUtcMs);
        Assert.Equal(0, list[0].Spans[0].FromUtcMs);
        Assert.InRange(list.Count, 500, 900);
        Assert.NotEmpty(Config(list).Encode().Version);
    }

    private static CabinetConfig Config(IReadOnlyList<SkuClass> skus)
    {
        var day = new DateOnly(2020, 9, 1);
        return new CabinetConfig(KioskFleet.Protocol.Identity.CabinetId.Parse("c"), CabinetKind.Slot, GateMode.Observe,
            0, 0, new GatePolicy("", 0, "month", 480, [], 0, 0, 0),
            new GateFigures(default, default, 0, 0, BusinessWindow.Of("month", day), 0,
                [.. Enumerable.Range(0, Limits.MaxConfigRows).Select(i =>
                    new FigureRow(day.AddDays(i), day.AddDays(i), 1, 1, 1))]),
            skus, [.. skus.Take(Limits.MaxConfigExemptSkus).Select(sku => new ExemptSku(sku.Sku, 0))]);
    }

    private static List<string> NobodyAsks() => throw new InvalidOperationException("There is room for all.");
}
