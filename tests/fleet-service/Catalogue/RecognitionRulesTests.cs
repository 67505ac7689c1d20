using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class RecognitionRulesTests(string dataSet)
{
    private const long DayMs = 86_400_000;
    private const long Start = 1_600_000_000_000;
    // The plan's words, written apart: from → to.
    private static readonly HashSet<(RecognitionState From, RecognitionState To)> Table =
    [
        (RecognitionState.Applied, RecognitionState.TownshipOpinion),
        (RecognitionState.TownshipOpinion, RecognitionState.CountyReview),
        (RecognitionState.CountyReview, RecognitionState.PublicNotice),
        (RecognitionState.PublicNotice, RecognitionState.Listed),
        (RecognitionState.Applied, RecognitionState.Rejected),
        (RecognitionState.TownshipOpinion, RecognitionState.Rejected),
        (RecognitionState.CountyReview, RecognitionState.Rejected),
        (RecognitionState.PublicNotice, RecognitionState.Rejected),
        (RecognitionState.Listed, RecognitionState.Suspended),
        (RecognitionState.Listed, RecognitionState.Revoked),
        (RecognitionState.Suspended, RecognitionState.Listed),
        (RecognitionState.Suspended, RecognitionState.Revoked),
    ];

    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private RecognitionTerms Terms => _places.Recognition;

    private string County => _places.Counties[0].Code.Value;

    [Fact]
    public void The_table_allows_the_plans_steps_and_no_others()
    {
        foreach (var from in Enum.GetValues<RecognitionState>())
        {
            foreach (var ground in (RecognitionGround?[])[null, .. Enum.GetValues<RecognitionGround>()])
            {
                var allowed = RecognitionRules.AllowedFrom(from, ground);
                Assert.Equal(
                    Enum.GetValues<RecognitionState>().Where(to => IsAllowed(from, to, ground)), allowed);
            }
        }
    }

    /// <summary>What was suspended for its papers may be suspended for its quality.</summary>
    private static bool IsAllowed(RecognitionState from, RecognitionState to, RecognitionGround? ground) =>
        Table.Contains((from, to)) || ((from, to) == (RecognitionState.Suspended, RecognitionState.Suspended)
            && ground == RecognitionGround.Administrative);

    [Fact]
    public void Any_walk_keeps_the_table_and_never_changes_what_was_sold_before() =>
        Gen.Select(Gen.Enum<RecognitionState>(), Gen.Bool, Gen.Long[0, 60], Gen.Long[1, 90].Nullable(), Gen.Bool)
            .Array[1, 14].Sample(Walk, iter: 2_500);

    private bool Walk(
        (RecognitionState To, bool IsQuality, long WaitDays, long? ListDays, bool FromLater)[] steps)
    {
        // Half of the walks begin where a listing is near.
        var recognition = new Recognition(
            1, "tea", County, steps.Length % 2 == 0 ? RecognitionState.Applied : RecognitionState.PublicNotice);
        var catalogue = new CatalogueIndex(new CatalogueState(
            1, [new Product("tea", "Tea")], [], [new SkuMapping(null, "tea", "tea", InForce.Always)]));
        var (now, isBlocked) = (Start, false);
        foreach (var wish in steps)
        {
            now += wish.WaitDays * DayMs / 7;
            var from = recognition.StateAt(now);
            var today = BusinessZone.Shanghai.DayOf(now);
            var (listings, blocks) = catalogue.LaneOf("tea", County);
            var begin = now + (wish.FromLater ? 3 * DayMs : 0);
            var decision = RecognitionRules.Decide(recognition, new RecognitionStep(wish.To, "why")
            {
                NoticeFrom = today,
                NoticeTo = today.AddDays(Terms.PublicNoticeDays),
                FromUtcMs = begin,
                StatesEnd = from != RecognitionState.Suspended,
                ToUtcMs = wish.ListDays is { } days ? begin + 1 + days * DayMs : null,
                Ground = wish.IsQuality ? RecognitionGround.Quality : RecognitionGround.Administrative,
            }, new StepContext(listings, blocks, Terms, now, today));
            if (decision is StepDecision.Illegal illegal)
            {
                if (IsAllowed(from, wish.To, recognition.Ground) || illegal.State != from)
                {
                    return false;
                }

                continue;
            }

            if (!IsAllowed(from, wish.To, recognition.Ground))
            {
                return false;
            }

            if (decision is not StepDecision.Taken taken)
            {
                continue;
            }

            var edition = taken.Changes.Count == 0 ? null : CatalogueEdition.Of(catalogue, taken.Changes);
            if (edition is not null && edition.Affected.Any(a => a.FromUtcMs < now))
            {
                return false;
            }

            (recognition, catalogue) = (taken.Next, edition?.Next ?? catalogue);
            isBlocked = wish.To is RecognitionState.Suspended or RecognitionState.Revoked
                ? isBlocked || wish.IsQuality
                : isBlocked && wish.To != RecognitionState.Listed;
            if (!IsTrue(recognition, catalogue, now, isBlocked))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the state says of the product right after a step, now and later.</summary>
    private bool IsTrue(Recognition recognition, CatalogueIndex catalogue, long now, bool isBlocked)
    {
        // Steps within a millisecond get a millisecond of their own.
        const long settledMs = 20;
        SkuFacts At(long utcMs) => CatalogueSnapshot.From(catalogue).Describe("op", "tea"u8, utcMs + settledMs);

        var isAid = At(now).Class == ProductClass.Aid;
        var afterGrace = At(now + Terms.SellThroughGraceDays * DayMs);
        return recognition.State switch
        {
            RecognitionState.Listed => !At(now).IsBlocked
                && (recognition.ListedFromUtcMs > now || recognition.ValidToUtcMs <= now + settledMs || isAid)
                && (recognition.ValidToUtcMs is not { } to || At(to).Class == ProductClass.Ordinary),
            RecognitionState.Suspended or RecognitionState.Revoked when isBlocked =>
                !isAid && At(now).IsBlocked && afterGrace.IsBlocked,
            RecognitionState.Suspended or RecognitionState.Revoked =>
                !At(now).IsBlocked && afterGrace.Class == ProductClass.Ordinary,
            _ => !isAid && !At(now).IsBlocked,
        };
    }

    [Theory]
    [InlineData(RecognitionGround.Quality)]
    [InlineData(RecognitionGround.Administrative)]
    public void A_suspended_product_counts_on_for_the_grace_of_its_ground(object ground)
    {
        var days = ground is RecognitionGround.Quality ? 0 : Terms.SellThroughGraceDays;
        var taken = Step(Listed(Start, null), new RecognitionStep(RecognitionState.Suspended, "why")
        {
            Ground = (RecognitionGround)ground,
        }, Start + DayMs, [new Listing("tea", County, new InForce(Start, null))]);
        var ended = Assert.Single(taken.Changes.OfType<CatalogueChange.ListingEndMoved>());
        Assert.Equal(Start + DayMs + days * DayMs, ended.Listing.InForce.ToUtcMs);
        Assert.Equal(days == 0, taken.Changes.OfType<CatalogueChange.BlockBegun>().Any());
    }

    [Fact]
    public void Lifting_makes_a_new_listing_up_to_the_end_stated_before()
    {
        var suspended = Listed(Start, Start + 90 * DayMs) with
        {
            State = RecognitionState.Suspended, Ground = RecognitionGround.Quality,
        };
        var now = Start + 10 * DayMs;
        var taken = Step(suspended, new RecognitionStep(RecognitionState.Listed, "why"), now,
            [new Listing("tea", County, new InForce(Start, Start + 5 * DayMs))]);
        Assert.Equal(
            new InForce(now, Start + 90 * DayMs),
            Assert.Single(taken.Changes.OfType<CatalogueChange.ListingAdded>()).Listing.InForce);
        Assert.Equal((null, now), (taken.Next.Ground, taken.Next.ListedFromUtcMs));
    }

    [Fact]
    public void A_listing_that_has_not_begun_is_taken_away_and_not_ended()
    {
        var later = Start + 30 * DayMs;
        var taken = Step(Listed(later, null), new RecognitionStep(RecognitionState.Suspended, "why")
        {
            Ground = RecognitionGround.Administrative,
        }, Start, [new Listing("tea", County, new InForce(later, null))]);
        Assert.IsType<CatalogueChange.ListingRemoved>(Assert.Single(taken.Changes));
        var lifted = Step(taken.Next, new RecognitionStep(RecognitionState.Listed, "why"), Start + DayMs, []);
        Assert.Equal(later, Assert.Single(lifted.Changes.OfType<CatalogueChange.ListingAdded>())
            .Listing.InForce.FromUtcMs);
    }

    [Theory]
    [InlineData(18, -1, false)]
    [InlineData(18, 0, true)]
    [InlineData(0, 0, true)]
    [InlineData(-1, 5, false)]
    public void A_public_notice_begins_today_at_the_earliest_and_takes_the_days_of_the_data_set(
        int daysFromToday, int daysMore, bool isTaken)
    {
        var from = BusinessZone.Shanghai.DayOf(Start).AddDays(daysFromToday);
        Assert.Equal(isTaken, Notice(from, from.AddDays(Terms.PublicNoticeDays - 1 + daysMore)));
        Assert.False(Notice(from, from.AddDays(-1)));
    }

    private bool Notice(DateOnly from, DateOnly to) => Decide(
        new Recognition(1, "tea", County, RecognitionState.CountyReview),
        new RecognitionStep(RecognitionState.PublicNotice, "why") { NoticeFrom = from, NoticeTo = to },
        Start, []) is StepDecision.Taken;

    [Fact]
    public void A_product_is_listed_only_after_the_last_day_of_its_notice()
    {
        var today = BusinessZone.Shanghai.DayOf(Start);
        var step = new RecognitionStep(RecognitionState.Listed, "why") { FromUtcMs = Start, StatesEnd = true };
        var noticed = new Recognition(1, "tea", County, RecognitionState.PublicNotice) { NoticeTo = today };
        Assert.IsType<StepDecision.NoticeRuns>(Decide(noticed, step, Start, []));
        var over = noticed with { NoticeTo = today.AddDays(-1) };
        Assert.IsType<StepDecision.Taken>(Decide(over, step, Start, []));
        var unstated = Assert.IsType<StepDecision.Invalid>(Decide(over, step with { StatesEnd = false }, Start, []));
        Assert.Equal(("to", RefusalReason.Missing), (unstated.Field.Field, unstated.Field.Reason));
        Assert.IsType<StepDecision.Overlaps>(Decide(
            over, step, Start, [new Listing("tea", County, new InForce(Start + DayMs, null))]));
    }

    private Recognition Listed(long from, long? to) => new(1, "tea", County, RecognitionState.Listed)
    {
        ListedFromUtcMs = from, ValidFromUtcMs = from, ValidToUtcMs = to,
    };

    private StepDecision.Taken Step(
        Recognition recognition, RecognitionStep step, long now, IReadOnlyList<Listing> listings) =>
        Assert.IsType<StepDecision.Taken>(Decide(recognition, step, now, listings));

    private StepDecision Decide(
        Recognition recognition, RecognitionStep step, long now, IReadOnlyList<Listing> listings) =>
        RecognitionRules.Decide(recognition, step, new StepContext(
            listings, [], Terms, now, BusinessZone.Shanghai.DayOf(now)));
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRecognitionRulesTests() : RecognitionRulesTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRecognitionRulesTests() : RecognitionRulesTests("linjiang-2027");
