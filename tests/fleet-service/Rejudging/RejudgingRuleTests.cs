using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>The decisions of re-judging, without a database.</summary>
[RunsOnce]
public sealed class RejudgingRuleTests
{
    private static readonly SweptVersion Four = new(4, "four", 0, 100);
    private static readonly SweptVersion Five = new(5, "five", 10, 100);

    private static readonly CatalogueSnapshot Catalogue = CatalogueSnapshot.From(new CatalogueState(
        5, [new Product("tea", "Tea"), new Product("cola", "Cola")],
        [new Listing("tea", "341125", new InForce(50, null))],
        [
            new SkuMapping(null, "tea", "tea", InForce.Always), new SkuMapping(null, "cola", "cola", InForce.Always),
        ]));

    private static readonly AffectedSkus Skus = new(
        [
            new AffectedRow(4, "", "tea", 50, 200), new AffectedRow(5, "op", "tea", 100, null),
            new AffectedRow(5, "", "cola", 0, 100),
        ],
        [Four, Five]);

    [Fact]
    public void Each_line_changes_for_itself_and_the_newest_version_answers()
    {
        var outcome = Judge(at: 60, position: 20, [3, 3, 3], 3, ("tea", 10), ("cola", 20), ("nobody", 40));
        Assert.Equal([Four, Five], outcome.Examined);
        Assert.Equal(30, outcome.MovedFen);
        var rejudged = outcome.Rejudged!;
        Assert.Equal([1, 2, 3], rejudged.After);
        Assert.Equal([3, 3, 3], rejudged.Before);
        Assert.Equal((5, "five"), (rejudged.CatalogueVersion, rejudged.MadeBy));
        Assert.Equal((10, 20, -30), (rejudged.Change.AidFen, rejudged.Change.OrdinaryFen, rejudged.Change.UnmappedFen));
        Assert.Equal((1, 1, -2), (
            rejudged.Change.AidLines, rejudged.Change.OrdinaryLines, rejudged.Change.UnmappedLines));
    }

    [Theory]
    [InlineData(60, 20, 4, "op", 1, "five")] // the fourth has judged it already: only the fifth's line
    [InlineData(60, 20, 5, "op", 0, "")] // the fifth too
    [InlineData(60, 10, 3, "op", 1, "four")] // the fifth is done up to here
    [InlineData(60, 101, 3, "op", 0, "")] // behind what an old catalogue can have judged
    [InlineData(200, 20, 3, "other", 0, "")] // its span ends
    [InlineData(200, 20, 3, "op", 1, "five")] // another operator's does not
    [InlineData(49, 20, 4, "op", 1, "five")] // only the second line's moment
    public void Only_newer_versions_in_their_span_position_and_operator_matter(
        long at, long position, long judgedBy, string owner, int examined, string by)
    {
        var outcome = RejudgingRule.Judge(
            Sale(at, position, owner, ("tea", 10), ("cola", 20)), new PresentJudgement([3, 3], judgedBy), Catalogue);
        Assert.Equal(examined, outcome.Examined.Count);
        Assert.Equal(by, outcome.Rejudged?.MadeBy ?? "");
    }

    [Fact]
    public void A_sale_that_counts_so_already_is_examined_and_does_not_change()
    {
        var outcome = Judge(at: 60, position: 20, [1, 2], 3, ("tea", 10), ("cola", 20));
        Assert.Equal(2, outcome.Examined.Count);
        Assert.Null(outcome.Rejudged);
    }

    [Fact]
    public void A_union_of_spans_holds_the_moments_of_its_spans_and_no_other() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 20]).Array[0, 8].Sample(pairs =>
        {
            var spans = pairs.Select(p => (From: (long)p.Item1, To: (long)p.Item1 + p.Item2)).ToArray();
            var union = new TimeSpans(spans);
            for (var first = 0L; first < 90; first++)
            {
                for (var last = first; last < first + 4; last++)
                {
                    var expected = spans.Any(s => Enumerable.Range((int)first, (int)(last - first) + 1)
                        .Any(m => m >= s.From && m < s.To));
                    Assert.Equal(expected, union.Touches(first, last));
                }
            }
        }, iter: 300);

    private static RejudgingOutcome Judge(
        long at, long position, byte[] present, long judgedBy, params (string Sku, long Paid)[] lines) =>
        RejudgingRule.Judge(Sale(at, position, "op", lines), new PresentJudgement(present, judgedBy), Catalogue);

    private static AffectedSale Sale(long at, long position, string owner, params (string Sku, long Paid)[] lines) =>
        new()
        {
            Position = position,
            BatchId = 1,
            State = EntryState.Counted,
            UtcMs = at,
            BusinessDay = 20_200_901,
            AssignmentId = 1,
            OperatorId = owner,
            ClassesAtCommit = [],
            Lines = [.. lines.Select(l => new JudgedLine(
                Skus.Find(System.Text.Encoding.UTF8.GetBytes(l.Sku)), l.Paid))],
        };
}
