using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>What a step of a recognition comes to. A closed set.</summary>
internal abstract record StepDecision
{
    private StepDecision()
    {
    }

    /// <summary>It is legal: the recognition afterwards, and what changes in the catalogue.</summary>
    internal sealed record Taken(Recognition Next, IReadOnlyList<CatalogueChange> Changes) : StepDecision;

    /// <summary>The state does not allow it.</summary>
    internal sealed record Illegal(RecognitionState State, IReadOnlyList<RecognitionState> Allowed) : StepDecision;

    /// <summary>A field that the step takes is missing or wrong.</summary>
    internal sealed record Invalid(FieldRefusal Field) : StepDecision;

    /// <summary>The public notice runs until the end of a day.</summary>
    internal sealed record NoticeRuns(DateOnly LastDay) : StepDecision;

    /// <summary>Another listing of the product by the county is in force within the time.</summary>
    internal sealed record Overlaps(Listing Other) : StepDecision;
}

/// <summary>What a step is decided from, beside the recognition and the step.</summary>
/// <param name="Listings">All listings of the product by the county.</param>
/// <param name="Blocks">All suspensions for quality of the product by the county.</param>
/// <param name="Terms">The data set's times of the flow.</param>
/// <param name="NowUtcMs">The present moment.</param>
/// <param name="Today">The business day.</param>
/// <param name="IsHeldElsewhere">
/// True while another recognition of the product by the county is suspended for quality: its block stays.
/// </param>
internal sealed record StepContext(
    IReadOnlyList<Listing> Listings, IReadOnlyList<ProductBlock> Blocks, RecognitionTerms Terms, long NowUtcMs,
    DateOnly Today, bool IsHeldElsewhere = false);

/// <summary>
/// The flow of recognition (认定): a table of transitions and what each step does to the catalogue. All of it acts
/// forward. Pure.
/// </summary>
internal static class RecognitionRules
{
    private const long DayMs = 86_400_000;

    /// <summary>
    /// The states that a step may lead to from a state, in the enum's order. Expiry follows from the date and is no
    /// step; rejected, revoked and expired are final: whoever wants more applies again.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="ground">
    /// Why it is suspended: what was suspended for an administrative reason may turn out to lack quality, never the
    /// other way round.
    /// </param>
    public static IReadOnlyList<RecognitionState> AllowedFrom(
        RecognitionState state, RecognitionGround? ground = null) => state switch
    {
        RecognitionState.Applied => [RecognitionState.TownshipOpinion, RecognitionState.Rejected],
        RecognitionState.TownshipOpinion => [RecognitionState.CountyReview, RecognitionState.Rejected],
        RecognitionState.CountyReview => [RecognitionState.PublicNotice, RecognitionState.Rejected],
        RecognitionState.PublicNotice => [RecognitionState.Listed, RecognitionState.Rejected],
        RecognitionState.Listed => [RecognitionState.Suspended, RecognitionState.Revoked],
        RecognitionState.Suspended when ground == RecognitionGround.Administrative =>
            [RecognitionState.Listed, RecognitionState.Suspended, RecognitionState.Revoked],
        RecognitionState.Suspended => [RecognitionState.Listed, RecognitionState.Revoked],
        RecognitionState.Rejected or RecognitionState.Revoked or RecognitionState.Expired => [],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>True while a recognition is neither listed nor final: a second application must wait for it.</summary>
    public static bool IsUnderWay(RecognitionState state) => state is RecognitionState.Applied
        or RecognitionState.TownshipOpinion or RecognitionState.CountyReview or RecognitionState.PublicNotice
        or RecognitionState.Suspended;

    /// <summary>Decides a step.</summary>
    public static StepDecision Decide(Recognition recognition, RecognitionStep step, StepContext context)
    {
        var state = recognition.StateAt(context.NowUtcMs);
        var allowed = AllowedFrom(state, recognition.Ground);
        if (!allowed.Contains(step.To))
        {
            return new StepDecision.Illegal(state, allowed);
        }

        return step.To switch
        {
            RecognitionState.PublicNotice => Notice(recognition, step, context),
            RecognitionState.Listed when state == RecognitionState.Suspended => Lift(recognition, step, context),
            RecognitionState.Listed => List(recognition, step, context),
            RecognitionState.Suspended or RecognitionState.Revoked => End(recognition, step, context),
            _ => new StepDecision.Taken(recognition with { State = step.To }, []),
        };
    }

    private static StepDecision Notice(Recognition recognition, RecognitionStep step, StepContext context)
    {
        if (step.NoticeFrom is not { } from)
        {
            return Missing("noticeFrom");
        }

        if (step.NoticeTo is not { } to)
        {
            return Missing("noticeTo");
        }

        // A notice that nobody could have seen is none.
        if (from < context.Today)
        {
            return Wrong("noticeFrom", RefusalReason.NoticeBegun, $"{from:yyyy-MM-dd}");
        }

        // Both days are days of the notice.
        return to.DayNumber - from.DayNumber + 1 < Math.Max(context.Terms.PublicNoticeDays, 1)
            ? Wrong("noticeTo", RefusalReason.NoticeTooShort, $"{from:yyyy-MM-dd} {to:yyyy-MM-dd}")
            : new StepDecision.Taken(
                recognition with { State = RecognitionState.PublicNotice, NoticeFrom = from, NoticeTo = to }, []);
    }

    private static StepDecision List(Recognition recognition, RecognitionStep step, StepContext context)
    {
        if (recognition.NoticeTo >= context.Today)
        {
            return new StepDecision.NoticeRuns(recognition.NoticeTo.Value);
        }

        if (step.FromUtcMs is not { } from)
        {
            return Missing("from");
        }

        if (!step.StatesEnd)
        {
            return Missing("to");
        }

        if (step.ToUtcMs <= Math.Max(from, context.NowUtcMs))
        {
            return Wrong("to", RefusalReason.EndNotAfterBeginning, Moment(step.ToUtcMs.Value));
        }

        // What the county revoked for quality and recognises anew may be vended again once it is listed.
        return Listed(
            recognition, new InForce(from, step.ToUtcMs), context.Listings, Unblock(context, from).Changes);
    }

    /// <summary>Lifts a suspension: a new listing from now on, up to the end stated now or before.</summary>
    private static StepDecision Lift(Recognition recognition, RecognitionStep step, StepContext context)
    {
        var to = step.StatesEnd ? step.ToUtcMs : recognition.ValidToUtcMs;
        if (to <= context.NowUtcMs)
        {
            return Wrong("to", RefusalReason.EndNotAfterBeginning, Moment(to.Value));
        }

        var (ended, freeFrom) = EndListing(recognition, context, context.NowUtcMs);
        var (unblocked, unblockedFrom) = Unblock(context, context.NowUtcMs);
        long[] begins = [freeFrom, unblockedFrom, recognition.ValidFromUtcMs ?? freeFrom];
        var from = begins.Max();
        if (to <= from)
        {
            return Wrong("to", RefusalReason.EndNotAfterBeginning, Moment(to.Value));
        }

        var others = context.Listings.Where(l => l.InForce.FromUtcMs != recognition.ListedFromUtcMs).ToList();
        return Listed(recognition, new InForce(from, to), others, [.. ended, .. unblocked]);
    }

    private static StepDecision Listed(
        Recognition recognition, InForce span, IEnumerable<Listing> others, IReadOnlyList<CatalogueChange> before)
    {
        if (others.FirstOrDefault(l => l.InForce.Overlaps(span)) is { } other)
        {
            return new StepDecision.Overlaps(other);
        }

        var next = recognition with
        {
            State = RecognitionState.Listed,
            ListedFromUtcMs = span.FromUtcMs,
            ValidFromUtcMs = recognition.ValidFromUtcMs ?? span.FromUtcMs,
            ValidToUtcMs = span.ToUtcMs,
            Ground = null,
        };
        var listing = new Listing(recognition.ProductId, recognition.County, span);
        return new StepDecision.Taken(next, [.. before, new CatalogueChange.ListingAdded(listing)]);
    }

    /// <summary>
    /// Suspends or revokes: at once for quality, after the grace for an administrative reason. What was blocked for
    /// quality stays blocked: only lifting, another listing or an end of the block itself says that it is cured.
    /// </summary>
    private static StepDecision End(Recognition recognition, RecognitionStep step, StepContext context)
    {
        if (step.Ground is not { } ground)
        {
            return Missing("ground");
        }

        if (recognition.State == step.To && ground != RecognitionGround.Quality)
        {
            return Wrong("ground", RefusalReason.BadChoice, CatalogueJson.Word(ground));
        }

        var now = context.NowUtcMs;
        var at = ground == RecognitionGround.Quality ? now : now + context.Terms.SellThroughGraceDays * DayMs;
        var (changes, _) = EndListing(recognition, context, at);
        if (ground == RecognitionGround.Quality && context.Blocks.All(b => b.InForce.ToUtcMs is not null))
        {
            changes.Add(new CatalogueChange.BlockBegun(new ProductBlock(
                recognition.ProductId, recognition.County, new InForce(AfterLastBlock(context), null))));
        }

        var isRemoved = changes.Any(c => c is CatalogueChange.ListingRemoved);
        var next = recognition with
        {
            State = step.To,
            Ground = ground,
            ListedFromUtcMs = isRemoved ? null : recognition.ListedFromUtcMs,
        };
        return new StepDecision.Taken(next, changes);
    }

    /// <summary>
    /// Ends the recognition's listing, unless it ends before; takes it away when it has not begun. Says also from when
    /// on another one may begin.
    /// </summary>
    private static (List<CatalogueChange> Changes, long FreeFromUtcMs) EndListing(
        Recognition recognition, StepContext context, long atUtcMs)
    {
        var listing = context.Listings.FirstOrDefault(l => l.InForce.FromUtcMs == recognition.ListedFromUtcMs);
        if (listing is null || listing.InForce.ToUtcMs <= atUtcMs)
        {
            return ([], context.NowUtcMs);
        }

        if (listing.InForce.FromUtcMs > context.NowUtcMs)
        {
            return ([new CatalogueChange.ListingRemoved(listing)], context.NowUtcMs);
        }

        // Two steps within a millisecond still make a time of its own for each.
        var end = Math.Max(atUtcMs, listing.InForce.FromUtcMs + 1);
        var ended = listing with { InForce = listing.InForce with { ToUtcMs = end } };
        return ([new CatalogueChange.ListingEndMoved(ended, listing.InForce.ToUtcMs)], end);
    }

    /// <summary>Ends the county's blocks at a moment. Says also from when on they are ended.</summary>
    private static (List<CatalogueChange> Changes, long FreeFromUtcMs) Unblock(StepContext context, long atUtcMs)
    {
        var (changes, freeFrom) = (new List<CatalogueChange>(), atUtcMs);
        foreach (var block in context.Blocks.Where(b => b.InForce.ToUtcMs is null && !context.IsHeldElsewhere))
        {
            var ended = block.EndedAt(atUtcMs);
            changes.Add(new CatalogueChange.BlockEnded(ended));
            freeFrom = Math.Max(freeFrom, ended.InForce.ToUtcMs ?? atUtcMs);
        }

        return (changes, freeFrom);
    }

    private static long AfterLastBlock(StepContext context) =>
        context.Blocks.Select(b => b.InForce.ToUtcMs ?? 0).Append(context.NowUtcMs).Max();

    private static StepDecision.Invalid Missing(string field) => Wrong(field, RefusalReason.Missing, "");

    private static StepDecision.Invalid Wrong(string field, RefusalReason reason, string got) =>
        new(new FieldRefusal(field, reason, got));

    private static string Moment(long utcMs) =>
        $"{DateTimeOffset.FromUnixTimeMilliseconds(utcMs):yyyy-MM-dd'T'HH:mm:ss'Z'}";
}
