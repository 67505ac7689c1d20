using KioskFleet.Service.Places;
using KioskFleet.Service.Telemetry;

namespace KioskFleet.Service.Alerts;

/// <summary>An alert as the API shows it.</summary>
/// <param name="AlertId">Its number.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Title">The kind's name.</param>
/// <param name="Text">What was found.</param>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator of its present assignment; empty for a cabinet that is not registered.</param>
/// <param name="County">The county of its present assignment.</param>
/// <param name="Name">Zone, door or slot; empty where there is one.</param>
/// <param name="State">Open, Acknowledged, Dismissed (closed by a person while the cause lasts) or Closed.</param>
/// <param name="Value">What was found when it opened, in the unit of the kind.</param>
/// <param name="SinceUtc">When the cause began.</param>
/// <param name="OpenedUtc">When it opened.</param>
/// <param name="AcknowledgedUtc">When it was acknowledged; null while it was not.</param>
/// <param name="AcknowledgedBy">By whom; empty while it was not.</param>
/// <param name="ClosedUtc">When it was closed; null while it was not.</param>
/// <param name="ClosedBy">By whom; empty when its cause went.</param>
internal sealed record AlertView(
    long AlertId, AlertKind Kind, Bilingual Title, Bilingual Text, string CabinetId, string OperatorId, string County,
    string Name, AlertState State, long Value, DateTimeOffset SinceUtc, DateTimeOffset? OpenedUtc,
    DateTimeOffset? AcknowledgedUtc, string AcknowledgedBy, DateTimeOffset? ClosedUtc, string ClosedBy)
{
    /// <summary>What a person said last.</summary>
    public string Words { get; init; } = "";

    /// <summary>An alert.</summary>
    public static AlertView Of(AlertRow row, (string Operator, string County) place, BusinessZone zone) => new(
        row.AlertId, row.Key.Kind, AlertWords.Title(row.Key.Kind),
        AlertWords.Sentence(row.Key, row.SinceUtcMs, row.Value, zone), row.Key.Cabinet, place.Operator, place.County,
        row.Key.Name, row.State, row.Value, Moment(row.SinceUtcMs)!.Value, Moment(row.OpenedUtcMs),
        Moment(row.Acknowledged?.UtcMs), row.Acknowledged?.By ?? "", Moment(row.ClosedUtcMs), row.ClosedBy)
    {
        Words = row.Words,
    };

    private static DateTimeOffset? Moment(long? utcMs) =>
        utcMs is { } ms ? UtcMoment.Of(ms) : null;
}

/// <summary>A message as the API shows it.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Channel">mail or webhook.</param>
/// <param name="State">Waiting, Sent or Dead.</param>
/// <param name="MadeUtc">When it was made.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="NextUtc">When it is sent next; null when it is not.</param>
/// <param name="SentUtc">When it was taken; null while it was not.</param>
/// <param name="LastError">Why it failed last; empty when it did not.</param>
/// <param name="Notices">What it tells.</param>
internal sealed record AlertMessageView(
    string MessageId, string Channel, MessageState State, DateTimeOffset MadeUtc, int Attempts,
    DateTimeOffset? NextUtc, DateTimeOffset? SentUtc, string LastError, IReadOnlyList<AlertNotice> Notices)
{
    /// <summary>A message.</summary>
    public static AlertMessageView Of(OutboxMessage message) => new(
        message.MessageId, message.Channel, message.State, UtcMoment.Of(message.MadeUtcMs),
        message.Attempts,
        message.State == MessageState.Waiting ? UtcMoment.Of(message.NextUtcMs) : null,
        message.SentUtcMs is { } sent ? UtcMoment.Of(sent) : null, message.LastError,
        AlertMessage.Notices(message.Body));
}
