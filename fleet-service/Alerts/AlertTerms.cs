using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Telemetry;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Alerts;

/// <summary>The settings of alerts with the time and the zone that they are meant in. Immutable; thread-safe.</summary>
internal sealed class AlertTerms(
    IOptions<AlertOptions> options, TimeProvider time, BusinessZone zone, Func<string> makeMessageId)
{
    private readonly QuietHours _quiet = new(options.Value.Quiet, zone);
    private readonly List<string> _channels = [.. options.Value.Channels()];

    /// <summary>The settings.</summary>
    public AlertOptions Options => options.Value;

    /// <summary>The time.</summary>
    public TimeProvider Time => time;

    /// <summary>Makes the id of a message, unlike all others.</summary>
    public Func<string> MakeMessageId => makeMessageId;

    /// <summary>The zone in which people read times.</summary>
    public BusinessZone Zone => zone;

    /// <summary>Now, in Unix milliseconds UTC.</summary>
    public long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What is to be told of a step, for each way of telling.</summary>
    public IEnumerable<NoticeDraft> NoticesOf(AlertStep step, long alertId, long nowUtcMs, FleetSnapshot fleet)
    {
        (AlertEvent Event, AlertKey Key, long SinceUtcMs, long Value)? told = step switch
        {
            AlertStep.Open open => (AlertEvent.Opened, open.Sign.Key, open.Sign.SinceUtcMs, open.Sign.Value),
            AlertStep.Close { IsTold: true } close => (AlertEvent.Closed, close.Alert.Key, close.Alert.SinceUtcMs, 0),
            _ => null,
        };
        if (told is not { } what || _channels.Count == 0)
        {
            return [];
        }

        var body = AlertMessage.Notice(Notice(what, alertId, nowUtcMs, fleet));
        var notBefore = _quiet.NotBefore(what.Key.Kind, nowUtcMs);
        return _channels.Select(channel => new NoticeDraft(what.Event, channel, notBefore, body));
    }

    private AlertNotice Notice(
        (AlertEvent Event, AlertKey Key, long SinceUtcMs, long Value) what, long alertId, long nowUtcMs,
        FleetSnapshot fleet)
    {
        var (happened, key, since, value) = what;
        var assignment = CabinetId.TryParse(key.Cabinet, out var id) && fleet.TryGet(id, out var cabinet)
            ? cabinet.CurrentAssignment
            : null;
        var title = AlertWords.Title(key.Kind);
        var place = $"{key.Cabinet} {key.Name}".TrimEnd();
        var text = happened == AlertEvent.Opened
            ? AlertWords.Sentence(key, since, value, zone)
            : AlertWords.Of("Recovered", new Bilingual($"{title.Zh}（{place}）", $"{title.En} ({place})"));
        return new AlertNotice(alertId, AlertWords.Word(happened), AlertWords.Word(key.Kind), key.Cabinet,
            assignment?.OperatorId ?? "", assignment?.County.Value ?? "", key.Name, value,
            UtcMoment.Of(since), UtcMoment.Of(nowUtcMs),
            text.En, text.Zh);
    }
}
