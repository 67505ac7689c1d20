using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>One thing that is wrong with what was sent.</summary>
/// <param name="Code">What.</param>
/// <param name="Field">The field it is about.</param>
/// <param name="Got">What stood there, shortened; null for nothing.</param>
internal sealed record Refusal(RefusalCode Code, string Field, string? Got)
{
    private const int MaxShownLength = 80;

    /// <summary>What stood there, short enough for a report.</summary>
    public string Shown => Got is null ? ""
        : Got.Length > MaxShownLength ? string.Concat(Got.AsSpan(0, MaxShownLength), "…") : Got;

    /// <summary>Closer words than the code's own, or null.</summary>
    public Bilingual? Words { get; init; }

    /// <summary>What is wrong and what is taken, in both languages.</summary>
    public Bilingual Text => Words ?? VenueTexts.Of(Code);
}

/// <summary>The texts of this folder in both languages. Thread-safe.</summary>
internal static class VenueTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Venues.VenueText");

    /// <summary>What is wrong.</summary>
    public static Bilingual Of(RefusalCode code) => Texts[code.ToString()];

    /// <summary>Where it is wrong and what stood there.</summary>
    public static Bilingual Detail(Refusal refusal)
    {
        var text = Texts[refusal.Got is null ? "NothingThere" : "SomethingThere"];
        string Filled(string words) =>
            string.Format(CultureInfo.InvariantCulture, words, refusal.Field, refusal.Shown);
        return new Bilingual(Filled(text.Zh), Filled(text.En));
    }
}

/// <summary>
/// Everything for which a venue, a report or a purchase is refused. A closed set; the names, in camel case, are the
/// API's codes, and each has a text in both languages in the resource files.
/// </summary>
internal enum RefusalCode
{
    /// <summary>The row or the JSON cannot be read.</summary>
    NotReadable,

    /// <summary>The request holds no rows, or more than are taken.</summary>
    BadRowCount,

    /// <summary>The query cannot be read.</summary>
    BadQuery,

    /// <summary>No venue id.</summary>
    BadVenueId,

    /// <summary>No kind that can be registered.</summary>
    BadVenueKind,

    /// <summary>Neither online nor offline.</summary>
    BadPresence,

    /// <summary>Neither the city nor one of its counties.</summary>
    BadCounty,

    /// <summary>No operator id.</summary>
    BadOperator,

    /// <summary>No name.</summary>
    BadName,

    /// <summary>No address of a place one can walk into.</summary>
    BadAddress,

    /// <summary>No address on the net.</summary>
    BadUrl,

    /// <summary>No state of a venue's life.</summary>
    BadLife,

    /// <summary>Not a whole day.</summary>
    BadDay,

    /// <summary>A day in the future, or long ago.</summary>
    DayInFuture,

    /// <summary>The state does not allow the change.</summary>
    IllegalLife,

    /// <summary>A step of a life must begin after the one before.</summary>
    StepTooEarly,

    /// <summary>There are reports of days on which the venue would be closed.</summary>
    ReportsBeyond,

    /// <summary>The venue is registered already, otherwise than this.</summary>
    VenueExists,

    /// <summary>Nobody registered the venue.</summary>
    NoSuchVenue,

    /// <summary>There is no such document.</summary>
    NoSuchDocument,

    /// <summary>No reporter.</summary>
    BadReporter,

    /// <summary>No document number.</summary>
    BadDocumentNumber,

    /// <summary>No evidence reference.</summary>
    NoEvidence,

    /// <summary>No reason.</summary>
    NoReason,

    /// <summary>A day of a change of operator without such a change.</summary>
    NoOperatorChange,

    /// <summary>A note is too long.</summary>
    BadNote,

    /// <summary>No counting channel is named, or two are.</summary>
    OneChannel,

    /// <summary>There is no such channel.</summary>
    NoSuchChannel,

    /// <summary>What cabinets sell comes from their signed journals only.</summary>
    CabinetChannel,

    /// <summary>Purchases on a procurement platform are no sales of the city.</summary>
    ProcurementChannel,

    /// <summary>A tag is no channel, or the tags are too many.</summary>
    BadTag,

    /// <summary>A tag is of the group of the counting channel.</summary>
    TagOfSameGroup,

    /// <summary>The county is not the venue's.</summary>
    CountyDiffers,

    /// <summary>Only what is sold on the net or by a channel can be sold elsewhere.</summary>
    OutsideCityOffline,

    /// <summary>True or false is expected.</summary>
    BadFlag,

    /// <summary>The period ends before it begins, or is too long.</summary>
    BadPeriod,

    /// <summary>The period crosses the edge of a month or of a window of the policy.</summary>
    AcrossEdge,

    /// <summary>Another document tells of the same sales on some of these days.</summary>
    ReportedAlready,

    /// <summary>The venue was not in business in the period.</summary>
    OutsideVenueLife,

    /// <summary>No amount of money.</summary>
    BadMoney,

    /// <summary>An amount is given in yuan and in fen.</summary>
    MoneyTwice,

    /// <summary>An amount is missing.</summary>
    MoneyMissing,

    /// <summary>An amount is negative.</summary>
    MoneyNegative,

    /// <summary>Aid is above the total.</summary>
    AidAboveTotal,

    /// <summary>This kind of venue sells aid products only.</summary>
    AllAidVenue,

    /// <summary>The recognised part contradicts the aid amount or the products.</summary>
    RecognisedContradicts,

    /// <summary>The products cannot be read, are too many, or one is named twice.</summary>
    BadProducts,

    /// <summary>There is no such product.</summary>
    NoSuchProduct,

    /// <summary>No listing that counts covers the whole period of a product with an aid amount.</summary>
    ProductNotListed,

    /// <summary>A product with an aid amount was suspended for its quality in the period.</summary>
    ProductBlocked,

    /// <summary>The products sum to more than the report.</summary>
    ProductsAboveReport,

    /// <summary>The number is taken by a document with another content.</summary>
    ContradictsFirst,

    /// <summary>A counter-document takes these fields from the one it reverses.</summary>
    CounterNamesMore,

    /// <summary>A counter-document cannot be reversed.</summary>
    ReversesCounter,

    /// <summary>More would be reversed than is left.</summary>
    ReversesMore,

    /// <summary>The document it reverses says which part is recognised; so must this one, or neither.</summary>
    RecognisedUnlike,

    /// <summary>What would be left contradicts the products; name those that are reversed.</summary>
    LeftContradicts,

    /// <summary>The data set has no procurement platform, or this is none.</summary>
    NoPlatform,

    /// <summary>No budget unit.</summary>
    BadUnit,

    /// <summary>No year of a plan.</summary>
    BadYear,

    /// <summary>The unit has no plan for the year.</summary>
    NoPlan,
}
