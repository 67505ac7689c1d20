using System.Collections.Immutable;

namespace KioskFleet.Service.Venues;

/// <summary>
/// What a document's amounts count as, and what a counter-document takes back of them. Pure; whole fen. What is left of
/// a document always holds what holds of a document: no part is negative, aid is within the total, and the products are
/// within both.
/// </summary>
internal static class CountedAmountsRule
{
    /// <summary>Counts a document's own amounts.</summary>
    /// <param name="stated">What it states.</param>
    /// <param name="isOfCity">Whether the city had listed a product on every day of the period.</param>
    public static (CountedAmounts? Amounts, Refusal? Refusal) Count(StatedAmounts stated, Func<string, bool> isOfCity)
    {
        ImmutableArray<CountedProduct> products = [.. stated.Products.Select(p =>
            new CountedProduct(p.ProductId, p.AidFen, p.TotalFen, isOfCity(p.ProductId)))];
        var ofCity = products.Where(p => p.IsOfCity).Sum(p => p.AidFen);
        var ofOthers = products.Where(p => !p.IsOfCity).Sum(p => p.AidFen);
        var recognised = stated.RecognisedFen ?? ofCity;
        var amounts = new CountedAmounts(
            stated.AidFen, stated.TotalFen, recognised,
            stated.RecognisedFen is null ? stated.AidFen - ofCity - ofOthers : 0,
            stated.RecognisedFen is not null, products);
        return Check(amounts) is { } code ? (null, new Refusal(code, FieldOf(code), null)) : (amounts, null);
    }

    /// <summary>Counts what a counter-document takes back.</summary>
    /// <param name="left">What is left of the document it reverses.</param>
    /// <param name="stated">What it states; null for all that is left.</param>
    public static (CountedAmounts? Amounts, Refusal? Refusal) Reverse(CountedAmounts left, StatedAmounts? stated)
    {
        if (stated is null)
        {
            return (left, null);
        }

        if (left.IsRecognitionStated ? stated.RecognisedFen is null && stated.AidFen > 0 : stated.RecognisedFen > 0)
        {
            return (null, new Refusal(RefusalCode.RecognisedUnlike, "recognisedAidYuan", null));
        }

        var unknown = stated.Products.FirstOrDefault(p => left.Products.All(l => l.ProductId != p.ProductId));
        if (unknown is not null)
        {
            return (null, new Refusal(RefusalCode.ReversesMore, "products", unknown.ProductId));
        }

        ImmutableArray<CountedProduct> products = [.. stated.Products.Select(p => new CountedProduct(
            p.ProductId, p.AidFen, p.TotalFen, left.Products.First(l => l.ProductId == p.ProductId).IsOfCity))];
        var named = products.Sum(p => p.AidFen);
        var taken = new CountedAmounts(
            stated.AidFen, stated.TotalFen,
            left.IsRecognitionStated ? stated.RecognisedFen ?? 0 : products.Where(p => p.IsOfCity).Sum(p => p.AidFen),
            left.IsRecognitionStated ? 0 : stated.AidFen - named,
            left.IsRecognitionStated, products);
        if (Check(taken) is { } bad)
        {
            return (null, new Refusal(bad, FieldOf(bad), null));
        }

        var rest = left.Less(taken);
        if (rest.AidFen < 0 || rest.OrdinaryFen < 0 || rest.Products.Any(p => p.AidFen < 0 || p.TotalFen < p.AidFen))
        {
            return (null, new Refusal(RefusalCode.ReversesMore, "totalYuan", null));
        }

        return rest.RecognisedFen < 0 || rest.UnstatedFen < 0 || Check(rest) is not null
            ? (null, new Refusal(RefusalCode.LeftContradicts, "products", null))
            : (taken, null);
    }

    private static RefusalCode? Check(CountedAmounts of)
    {
        var ofCity = of.Products.Where(p => p.IsOfCity).Sum(p => p.AidFen);
        var ofOthers = of.Products.Where(p => !p.IsOfCity).Sum(p => p.AidFen);
        return of.AidFen > of.TotalFen || of.Products.Any(p => p.AidFen > p.TotalFen) ? RefusalCode.AidAboveTotal
            : ofCity + ofOthers > of.AidFen || of.Products.Sum(p => p.TotalFen - p.AidFen) > of.OrdinaryFen
                ? RefusalCode.ProductsAboveReport
            : of.RecognisedFen < ofCity || of.RecognisedFen > of.AidFen - ofOthers ? RefusalCode.RecognisedContradicts
            : null;
    }

    private static string FieldOf(RefusalCode code) => code switch
    {
        RefusalCode.AidAboveTotal => "aidYuan",
        RefusalCode.RecognisedContradicts => "recognisedAidYuan",
        _ => "products",
    };
}
