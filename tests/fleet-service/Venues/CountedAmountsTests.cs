using System.Collections.Immutable;
using CsCheck;
using KioskFleet.Service.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>What a document counts and what a counter-document may take back of it.</summary>
[RunsOnce]
public sealed class CountedAmountsTests
{
    private static readonly string[] Ids = ["own-1", "own-2", "far-1"];

    private static readonly Gen<StatedAmounts> Stated = Gen.Select(
        Gen.Long[0, 60], Gen.Long[0, 60], Gen.Long[0, 60].Nullable(),
        Gen.Select(Gen.OneOf(Ids), Gen.Long[0, 15], Gen.Long[0, 15])
            .Select((id, aid, more) => new ReportedProduct(id, aid, aid + more)).Array[0, 3])
        .Select((aid, more, recognised, products) => new StatedAmounts(
            aid, aid + more, recognised, [.. products.DistinctBy(p => p.ProductId)]));

    [Fact]
    public void A_document_counts_exactly_when_its_parts_fit_and_every_fen_of_aid_is_in_one_part() =>
        Stated.Sample(stated =>
        {
            var (amounts, refusal) = CountedAmountsRule.Count(stated, IsOfCity);
            Assert.Equal(amounts is null, refusal is not null);
            var own = stated.Products.Where(p => IsOfCity(p.ProductId)).Sum(p => p.AidFen);
            var far = stated.Products.Where(p => !IsOfCity(p.ProductId)).Sum(p => p.AidFen);
            var fits = own + far <= stated.AidFen
                && stated.Products.Sum(p => p.TotalFen - p.AidFen) <= stated.TotalFen - stated.AidFen
                && (stated.RecognisedFen is not { } r || (r >= own && r <= stated.AidFen - far));
            Assert.Equal(fits, amounts is not null);
            if (amounts is not null)
            {
                Assert.Equal(stated.RecognisedFen ?? own, amounts.RecognisedFen);
                Assert.Equal(stated.RecognisedFen is null ? stated.AidFen - own - far : 0, amounts.UnstatedFen);
            }
        }, iter: 20_000);

    [Fact]
    public void Counter_documents_never_take_back_more_than_is_left_and_what_is_left_still_holds_together() =>
        Gen.Select(Stated, Stated.Array[0, 6], Gen.Bool).Sample((stated, counters, wholeAtLast) =>
        {
            var (original, _) = CountedAmountsRule.Count(stated, IsOfCity);
            if (original is null)
            {
                return;
            }

            var left = original;
            foreach (var counter in counters)
            {
                var (taken, refusal) = CountedAmountsRule.Reverse(left, counter);
                Assert.Equal(taken is null, refusal is not null);
                if (taken is not null)
                {
                    Assert.Equal((counter.AidFen, counter.TotalFen), (taken.AidFen, taken.TotalFen));
                    left = left.Less(taken);
                    AssertWhole(left, original);
                }
            }

            if (wholeAtLast && !left.IsEmpty)
            {
                left = left.Less(CountedAmountsRule.Reverse(left, null).Amounts!);
                Assert.Equal((0L, 0L, 0L, 0L), (left.AidFen, left.TotalFen, left.RecognisedFen, left.UnstatedFen));
                Assert.True(left.IsEmpty);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData(100, 200, 100, 200, null)]
    [InlineData(100, 200, 100, 100, null)]
    [InlineData(100, 200, 0, 100, null)]
    [InlineData(100, 200, 101, 200, "reversesMore")]
    [InlineData(100, 200, 0, 101, "reversesMore")]
    [InlineData(100, 200, 50, 201, "reversesMore")]
    public void Aid_and_ordinary_are_each_taken_back_within_what_is_left(
        long aid, long total, long aidBack, long totalBack, string? code)
    {
        var (original, _) = CountedAmountsRule.Count(new StatedAmounts(aid, total, null, []), IsOfCity);
        var (_, refusal) = CountedAmountsRule.Reverse(original!, new StatedAmounts(aidBack, totalBack, null, []));
        Assert.Equal(code, refusal is null ? null : VenueJson.CodeOf(refusal.Code));
    }

    [Fact]
    public void A_stated_recognised_part_is_taken_back_as_stated_and_an_unstated_one_by_product()
    {
        var (stated, _) = CountedAmountsRule.Count(new StatedAmounts(100, 100, 60, []), IsOfCity);
        Assert.Equal(RefusalCode.RecognisedUnlike,
            CountedAmountsRule.Reverse(stated!, new StatedAmounts(10, 10, null, [])).Refusal!.Code);
        var taken = CountedAmountsRule.Reverse(stated!, new StatedAmounts(10, 10, 4, [])).Amounts!;
        Assert.Equal((4L, 0L), (taken.RecognisedFen, taken.UnstatedFen));
        ImmutableArray<ReportedProduct> products = [new("own-1", 30, 40)];
        var (byProduct, _) = CountedAmountsRule.Count(new StatedAmounts(100, 120, null, products), IsOfCity);
        Assert.Equal((30L, 70L), (byProduct!.RecognisedFen, byProduct.UnstatedFen));
        Assert.Equal(RefusalCode.RecognisedUnlike,
            CountedAmountsRule.Reverse(byProduct, new StatedAmounts(10, 10, 10, [])).Refusal!.Code);
        Assert.Equal(RefusalCode.LeftContradicts,
            CountedAmountsRule.Reverse(byProduct, new StatedAmounts(71, 71, null, [])).Refusal!.Code);
        var half = CountedAmountsRule.Reverse(
            byProduct, new StatedAmounts(71, 71, null, [new("own-1", 1, 1)])).Amounts!;
        Assert.Equal((1L, 70L), (half.RecognisedFen, half.UnstatedFen));
        Assert.Equal(RefusalCode.ReversesMore, CountedAmountsRule.Reverse(
            byProduct, new StatedAmounts(5, 5, null, [new("far-1", 5, 5)])).Refusal!.Code);
    }

    private static bool IsOfCity(string product) => product.StartsWith("own", StringComparison.Ordinal);

    private static void AssertWhole(CountedAmounts left, CountedAmounts original)
    {
        Assert.InRange(left.AidFen, 0, original.AidFen);
        Assert.InRange(left.OrdinaryFen, 0, original.OrdinaryFen);
        Assert.InRange(left.RecognisedFen, 0, left.AidFen);
        Assert.InRange(left.UnstatedFen, 0, left.AidFen - left.RecognisedFen);
        Assert.All(left.Products, p => Assert.InRange(p.AidFen, 0, p.TotalFen));
        Assert.True(left.Products.Sum(p => p.AidFen) <= left.AidFen);
        Assert.True(left.Products.Sum(p => p.TotalFen) <= left.TotalFen);
    }
}
