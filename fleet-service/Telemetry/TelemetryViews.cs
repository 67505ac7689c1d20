using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Service.Telemetry;

/// <summary>A temperature.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="MilliCelsius">Thousandths of a degree Celsius.</param>
/// <param name="MeasuredUtc">When it was measured.</param>
internal sealed record TemperatureView(string Zone, long MilliCelsius, DateTimeOffset MeasuredUtc);

/// <summary>A door.</summary>
/// <param name="Door">The door.</param>
/// <param name="Open">True while it stands open.</param>
/// <param name="OpenSinceUtc">Since when; null for one that is shut.</param>
/// <param name="MeasuredUtc">When that was so.</param>
internal sealed record DoorView(string Door, bool Open, DateTimeOffset? OpenSinceUtc, DateTimeOffset MeasuredUtc);

/// <summary>What is left in a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Sku">What it holds; empty when nobody said.</param>
/// <param name="Pieces">Pieces left.</param>
/// <param name="Capacity">Pieces it can hold; null when nobody said.</param>
/// <param name="MeasuredUtc">When that was counted.</param>
internal sealed record SlotView(string Slot, string Sku, long Pieces, long? Capacity, DateTimeOffset MeasuredUtc);

/// <summary>The network.</summary>
internal sealed record SignalView(long Dbm, long? Percent, string Network, DateTimeOffset MeasuredUtc);

/// <summary>The disk of the agent's data.</summary>
internal sealed record DiskView(long FreeBytes, long TotalBytes, DateTimeOffset MeasuredUtc);

/// <summary>The faults that stand.</summary>
internal sealed record FaultsView(IReadOnlyList<FaultShown> Faults, DateTimeOffset MeasuredUtc);

/// <summary>The agent.</summary>
internal sealed record AgentView(string Version, long UpMs, DateTimeOffset MeasuredUtc);

/// <summary>What the journal still has to send.</summary>
internal sealed record BacklogView(long Entries, long? OldestAgeMs, DateTimeOffset MeasuredUtc);

/// <summary>A cabinet as it was last told. What was never told is null or empty.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator of its present assignment.</param>
/// <param name="County">The county of its present assignment.</param>
/// <param name="HeardUtc">When its telemetry last arrived.</param>
/// <param name="ClockOffsetMs">How far its clock was off then, in milliseconds; positive when it is behind.</param>
/// <param name="Temperatures">Temperatures by zone.</param>
/// <param name="Doors">Doors.</param>
/// <param name="SlotsTold">Slots whose stock was told.</param>
/// <param name="SlotsEmpty">Those of them that are empty.</param>
/// <param name="Signal">The network.</param>
/// <param name="Disk">The disk.</param>
/// <param name="Faults">The faults.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Backlog">The backlog.</param>
internal sealed record TelemetryView(
    string CabinetId, string OperatorId, string County, DateTimeOffset? HeardUtc, long? ClockOffsetMs,
    IReadOnlyList<TemperatureView> Temperatures, IReadOnlyList<DoorView> Doors, int SlotsTold, int SlotsEmpty,
    SignalView? Signal, DiskView? Disk, FaultsView? Faults, AgentView? Agent, BacklogView? Backlog)
{
    /// <summary>The slots; null in lists of cabinets.</summary>
    public IReadOnlyList<SlotView>? Stock { get; init; }

    /// <summary>A cabinet by its readings. Pure.</summary>
    public static TelemetryView Of(
        (string Cabinet, string Operator, string County) place, HeardCabinet? heard,
        IReadOnlyCollection<StoredReading> readings, bool withStock)
    {
        var stock = Of(readings, TelemetryKind.Stock, one =>
            new SlotView(one.Key.Name, one.Words, one.Number, one.Extra, Moment(one)));
        return new TelemetryView(place.Cabinet, place.Operator, place.County,
            heard is null ? null : Moment(heard.ReceivedUtcMs), heard?.ClockOffsetMs,
            Of(readings, TelemetryKind.Temperatures, one =>
                new TemperatureView(one.Key.Name, one.Number, Moment(one))),
            Of(readings, TelemetryKind.Doors, one => new DoorView(
                one.Key.Name, one.Number == 1, one.Extra is { } since ? Moment(since) : null, Moment(one))),
            stock.Count, stock.Count(slot => slot.Pieces == 0),
            Of(readings, TelemetryKind.Signal, one =>
                new SignalView(one.Number, one.Extra, one.Words, Moment(one))).SingleOrDefault(),
            Of(readings, TelemetryKind.Disk, one =>
                new DiskView(one.Number, one.Extra ?? 0, Moment(one))).SingleOrDefault(),
            Of(readings, TelemetryKind.Faults, one => new FaultsView(one.Faults(), Moment(one))).SingleOrDefault(),
            Of(readings, TelemetryKind.Agent, one =>
                new AgentView(one.Words, one.Number, Moment(one))).SingleOrDefault(),
            Of(readings, TelemetryKind.Backlog, one =>
                new BacklogView(one.Number, one.Extra, Moment(one))).SingleOrDefault())
        {
            Stock = withStock ? stock : null,
        };
    }

    private static List<T> Of<T>(
        IReadOnlyCollection<StoredReading> readings, TelemetryKind kind, Func<StoredReading, T> view) =>
        [.. readings.Where(reading => reading.Key.Kind == kind).Select(view)];

    private static DateTimeOffset Moment(StoredReading reading) => Moment(reading.MeasuredUtcMs);

    private static DateTimeOffset Moment(long utcMs) => UtcMoment.Of(utcMs);
}

/// <summary>An hour of a cabinet.</summary>
/// <param name="FromUtc">When it began.</param>
/// <param name="Measure">Online, Temperature, Door, Signal or Backlog.</param>
/// <param name="Name">Zone or door; empty where there is one.</param>
/// <param name="Minutes">
/// Minutes of the hour of which a value is known: of Online, those in which the cabinet was heard.
/// </param>
/// <param name="Least">The least value.</param>
/// <param name="Most">The greatest value.</param>
/// <param name="Mean">The mean of one value of each known minute, rounded.</param>
/// <param name="OpenSeconds">Of a door, the seconds in which it stood open; null else.</param>
internal sealed record HourView(
    DateTimeOffset FromUtc, HourMeasure Measure, string Name, int Minutes, long? Least, long? Most, long? Mean,
    int? OpenSeconds)
{
    /// <summary>An hour. Pure.</summary>
    public static HourView Of(KeptHour kept)
    {
        var (key, hour) = (kept.Key, kept.Hour);
        var isKnown = hour.KnownMinutes > 0;
        return new HourView(DateTimeOffset.FromUnixTimeMilliseconds(key.Hour * TelemetryHour.Milliseconds), key.Measure,
            key.Name, hour.KnownMinutes, isKnown ? hour.Least : null, isKnown ? hour.Most : null, hour.Mean,
            key.Measure == HourMeasure.Door ? hour.Spans.Seconds : null);
    }
}
