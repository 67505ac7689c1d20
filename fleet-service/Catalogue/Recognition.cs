namespace KioskFleet.Service.Catalogue;

/// <summary>How far a product's recognition by a county has come. The names are stored and are the API's
/// words.</summary>
internal enum RecognitionState
{
    /// <summary>Its supplier applied.</summary>
    Applied,

    /// <summary>The township gave its opinion.</summary>
    TownshipOpinion,

    /// <summary>The county's aid office reviewed it.</summary>
    CountyReview,

    /// <summary>It is, or was, on public notice (公示).</summary>
    PublicNotice,

    /// <summary>It is listed.</summary>
    Listed,

    /// <summary>Its listing is suspended until it is lifted or revoked.</summary>
    Suspended,

    /// <summary>It was rejected before it was listed.</summary>
    Rejected,

    /// <summary>Its listing was revoked.</summary>
    Revoked,

    /// <summary>Its listing came to the end of its validity. Follows from the date and is never stored.</summary>
    Expired,
}

/// <summary>Why a listing is suspended or revoked.</summary>
internal enum RecognitionGround
{
    /// <summary>Its quality: it counts no more from that moment, and it must not be vended until that is
    /// ended.</summary>
    Quality,

    /// <summary>Papers, a late renewal and the like: it counts on for the grace of the data set.</summary>
    Administrative,
}

/// <summary>One application of a product for recognition by a county, and what became of it. Immutable.</summary>
/// <param name="RecognitionId">Its number; 0 before it is stored.</param>
/// <param name="ProductId">The product.</param>
/// <param name="County">GB/T 2260 code of the county.</param>
/// <param name="State">The state as stored; see <see cref="StateAt"/>.</param>
internal sealed record Recognition(long RecognitionId, string ProductId, string County, RecognitionState State)
{
    /// <summary>First day of the public notice.</summary>
    public DateOnly? NoticeFrom { get; init; }

    /// <summary>Last day of the public notice.</summary>
    public DateOnly? NoticeTo { get; init; }

    /// <summary>Beginning of its newest listing, Unix milliseconds; null while it has none.</summary>
    public long? ListedFromUtcMs { get; init; }

    /// <summary>Beginning of its validity as stated, Unix milliseconds.</summary>
    public long? ValidFromUtcMs { get; init; }

    /// <summary>End of its validity as stated, Unix milliseconds; null while open. A suspension does not move
    /// it.</summary>
    public long? ValidToUtcMs { get; init; }

    /// <summary>Why it is suspended or revoked; null in every other state.</summary>
    public RecognitionGround? Ground { get; init; }

    /// <summary>True while it holds a block of its product.</summary>
    public bool IsSuspendedForQuality =>
        State == RecognitionState.Suspended && Ground == RecognitionGround.Quality;

    /// <summary>The state at a moment: a listing whose validity is over is expired.</summary>
    public RecognitionState StateAt(long utcMs) =>
        State == RecognitionState.Listed && ValidToUtcMs <= utcMs ? RecognitionState.Expired : State;
}

/// <summary>A wish to take a recognition one step further, read and well-formed.</summary>
/// <param name="To">The state to go to.</param>
/// <param name="Why">The reason.</param>
internal sealed record RecognitionStep(RecognitionState To, string Why)
{
    /// <summary>First day of the public notice.</summary>
    public DateOnly? NoticeFrom { get; init; }

    /// <summary>Last day of the public notice.</summary>
    public DateOnly? NoticeTo { get; init; }

    /// <summary>First moment of the listing.</summary>
    public long? FromUtcMs { get; init; }

    /// <summary>True when the step says how long the listing holds, be it "open".</summary>
    public bool StatesEnd { get; init; }

    /// <summary>End of the listing; null is open.</summary>
    public long? ToUtcMs { get; init; }

    /// <summary>Why it is suspended or revoked.</summary>
    public RecognitionGround? Ground { get; init; }
}

/// <summary>A step as it is kept.</summary>
/// <param name="From">The state before; null for the first.</param>
/// <param name="To">The state after.</param>
/// <param name="AtUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Why">The reason.</param>
/// <param name="DetailJson">What the step stated, as JSON.</param>
internal sealed record KeptStep(
    RecognitionState? From, RecognitionState To, long AtUtcMs, string Actor, string Why, string DetailJson);

/// <summary>Which listings an import may not touch: their recognition has steps of its own.</summary>
/// <param name="Lanes">Product and county with a recognition under way or suspended.</param>
/// <param name="Revoked">Product, county and beginning of listings that were revoked.</param>
/// <param name="Ended">
/// Product and county of the city whose last recognition was rejected or revoked: whoever wants more applies again.
/// </param>
internal sealed record UnderWay(
    IReadOnlySet<(string ProductId, string County)> Lanes,
    IReadOnlySet<(string ProductId, string County, long FromUtcMs)> Revoked,
    IReadOnlySet<(string ProductId, string County)> Ended)
{
    /// <summary>None.</summary>
    public static UnderWay Nothing { get; } = new(
        new HashSet<(string, string)>(), new HashSet<(string, string, long)>(), new HashSet<(string, string)>());

    /// <summary>True when the listing is one that two persons may not touch either.</summary>
    public bool Covers(Listing listing) => Lanes.Contains((listing.ProductId, listing.RecognisedBy))
        || Revoked.Contains((listing.ProductId, listing.RecognisedBy, listing.InForce.FromUtcMs));

    /// <summary>Why an import may not touch the listing, or null.</summary>
    public RefusalReason? RefusalOf(Listing listing) => Covers(listing) ? RefusalReason.RecognitionUnderWay
        : Ended.Contains((listing.ProductId, listing.RecognisedBy)) ? RefusalReason.RecognitionEnded
        : null;

    /// <summary>True when both name the same.</summary>
    public bool SaysTheSameAs(UnderWay other) => Lanes.SetEquals(other.Lanes) && Revoked.SetEquals(other.Revoked)
        && Ended.SetEquals(other.Ended);
}
