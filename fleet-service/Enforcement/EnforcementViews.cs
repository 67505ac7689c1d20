using System.Text.Json;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Enforcement;

/// <summary>A cabinet's enforcement in a list.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">Its operator.</param>
/// <param name="CountyCode">Its county.</param>
/// <param name="Kind">How it hands goods out.</param>
/// <param name="Rung">Observing, Warned, Announced or Restricted.</param>
/// <param name="RungText">The same for people.</param>
/// <param name="SinceUtc">Since when.</param>
/// <param name="ActsFromUtc">From when a restriction acts; null below Announced.</param>
/// <param name="ExemptUntilUtc">Until when it is exempt; null when it is not.</param>
/// <param name="BreachDays">Business days seen in breach since the share was last met.</param>
/// <param name="WantedVersion">The config that it is to work by; null before the first.</param>
/// <param name="AppliedVersion">The config that it reported last; null when it never heard one.</param>
/// <param name="Behind">True when it reported another one than wanted.</param>
/// <param name="SentUtc">When the broker got the wanted one; null before.</param>
/// <param name="HeardUtc">When the cabinet was heard last; null before the first hello.</param>
internal sealed record EnforcementRow(
    string CabinetId, string OperatorId, string CountyCode, string Kind, string Rung, Bilingual RungText,
    DateTimeOffset SinceUtc, DateTimeOffset? ActsFromUtc, DateTimeOffset? ExemptUntilUtc, int BreachDays,
    string? WantedVersion, string? AppliedVersion, bool Behind, DateTimeOffset? SentUtc, DateTimeOffset? HeardUtc);

/// <summary>A change of the rung.</summary>
/// <param name="AtUtc">When.</param>
/// <param name="From">The rung before.</param>
/// <param name="To">The rung after.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReasonText">The same for people.</param>
/// <param name="Actor">Who: a person, or system.</param>
/// <param name="Evidence">What it rests on.</param>
internal sealed record HistoryRow(
    DateTimeOffset AtUtc, string From, string To, string Reason, Bilingual ReasonText, string Actor,
    JsonElement Evidence);

/// <summary>A config that was sent.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Reason">Why it replaced the one before.</param>
/// <param name="PlannedUtc">When it was made.</param>
internal sealed record ConfigRow(string Version, string Reason, DateTimeOffset PlannedUtc);

/// <summary>Everything of one cabinet's enforcement.</summary>
/// <param name="Summary">As in the list.</param>
/// <param name="Kind">What its kind can and cannot enforce.</param>
/// <param name="History">Changes of the rung, newest first.</param>
/// <param name="Configs">Kept configs, newest first.</param>
/// <param name="Wanted">The wanted config; null before the first.</param>
internal sealed record EnforcementDetail(
    EnforcementRow Summary, Fleet.CabinetKindView Kind, IReadOnlyList<HistoryRow> History,
    IReadOnlyList<ConfigRow> Configs, JsonElement? Wanted);

/// <summary>The words of enforcement in both languages.</summary>
internal static class EnforcementTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Enforcement.EnforcementText");

    /// <summary>A text by its key.</summary>
    public static Bilingual Of(string key) => Texts[key];

    /// <summary>A rung.</summary>
    public static Bilingual Of(Rung rung) => Texts[$"Rung{rung}"];

    /// <summary>Why a rung changed.</summary>
    public static Bilingual Of(LadderReason reason) => Texts[$"Reason{reason}"];
}
