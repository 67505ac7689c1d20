using System.Globalization;
using System.Text.Json;
using KioskFleet.Service.Places;
using KioskFleet.Service.Telemetry;

namespace KioskFleet.Service.Alerts;

/// <summary>What happened to an alert. The numbers are stored.</summary>
internal enum AlertEvent
{
    /// <summary>It opened.</summary>
    Opened = 1,

    /// <summary>Its cause is gone, and it closed by itself.</summary>
    Closed = 2,
}

/// <summary>A notice as it is told: the members of the webhook's body.</summary>
/// <param name="AlertId">The alert's number.</param>
/// <param name="Event">opened or closed.</param>
/// <param name="Kind">The alert's kind.</param>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">Its operator.</param>
/// <param name="County">Its county's code.</param>
/// <param name="Name">Zone, door or slot; empty where there is one.</param>
/// <param name="Value">What was found, in the unit of the kind.</param>
/// <param name="SinceUtc">When the cause began.</param>
/// <param name="AtUtc">When this happened.</param>
/// <param name="Text">A sentence in English.</param>
/// <param name="TextZh">The same in Chinese.</param>
internal sealed record AlertNotice(
    long AlertId, string Event, string Kind, string CabinetId, string OperatorId, string County, string Name,
    long Value,
    DateTimeOffset SinceUtc, DateTimeOffset AtUtc, string Text, string TextZh);

/// <summary>Says alerts in both languages. Pure; thread-safe.</summary>
internal static class AlertWords
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Alerts.AlertText");

    /// <summary>A text of this capability.</summary>
    public static Bilingual Of(string key, params ReadOnlySpan<object?> values) => Texts.Of(key, values);

    /// <summary>The name of a kind.</summary>
    public static Bilingual Title(AlertKind kind) => Texts[$"Title{kind}"];

    /// <summary>What was found, in one sentence.</summary>
    /// <param name="key">Of what.</param>
    /// <param name="sinceUtcMs">Since when, Unix milliseconds UTC.</param>
    /// <param name="value">What was found.</param>
    /// <param name="zone">The zone in which people read times.</param>
    public static Bilingual Sentence(AlertKey key, long sinceUtcMs, long value, BusinessZone zone)
    {
        var since = UtcMoment.Of(sinceUtcMs)
            .ToOffset(TimeSpan.FromMinutes(zone.UtcOffsetMinutes))
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var shown = key.Kind == AlertKind.TemperatureOutOfRange
            ? (value / 1_000m).ToString("0.0##", CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);
        return Texts.Of($"Found{key.Kind}", key.Cabinet, key.Name, shown, since);
    }

    /// <summary>The words of a JSON member or value: camel case.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
