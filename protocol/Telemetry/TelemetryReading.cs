namespace KioskFleet.Protocol.Telemetry;

/// <summary>The groups of readings. The names are those of the members in a sample's JSON.</summary>
public enum TelemetryKind
{
    /// <summary>Temperature of a zone.</summary>
    Temperatures = 1,

    /// <summary>A door.</summary>
    Doors = 2,

    /// <summary>Pieces in a slot.</summary>
    Stock = 3,

    /// <summary>The mobile or wireless network.</summary>
    Signal = 4,

    /// <summary>The disk of the agent's data.</summary>
    Disk = 5,

    /// <summary>All faults that stand now.</summary>
    Faults = 6,

    /// <summary>The agent itself.</summary>
    Agent = 7,

    /// <summary>What the journal still has to send.</summary>
    Backlog = 8,

    /// <summary>What the cabinet knows of its clock.</summary>
    Clock = 9,
}

/// <summary>
/// What a reading is about: of two readings with the same key the newer one wins. Compared by value.
/// </summary>
/// <param name="Kind">The group.</param>
/// <param name="Name">Zone, door or slot; empty for groups with one reading.</param>
public readonly record struct TelemetryKey(TelemetryKind Kind, string Name);

/// <summary>One thing that was measured. A closed set; immutable.</summary>
public abstract record TelemetryReading
{
    private TelemetryReading()
    {
    }

    /// <summary>What it is about.</summary>
    public abstract TelemetryKey Key { get; }

    /// <summary>A temperature.</summary>
    /// <param name="Zone">The zone; <c>main</c> where a cabinet has one.</param>
    /// <param name="MilliCelsius">Thousandths of a degree Celsius, −100,000 to 150,000.</param>
    public sealed record Temperature(string Zone, int MilliCelsius) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Temperatures, Zone);
    }

    /// <summary>A door.</summary>
    /// <param name="Name">The door; <c>main</c> where a cabinet has one.</param>
    /// <param name="Open">True while it stands open.</param>
    /// <param name="OpenMs">
    /// How long it has been open, in milliseconds; of a closed door, how long it had been when it closed, 0 when it has
    /// not been open since. So whoever reads one reading knows the whole opening, in whatever order readings arrive.
    /// </param>
    public sealed record Door(string Name, bool Open, long OpenMs) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Doors, Name);
    }

    /// <summary>Pieces in a slot.</summary>
    /// <param name="Slot">The slot.</param>
    /// <param name="Pieces">Pieces left, 0 to 10,000.</param>
    /// <param name="Capacity">Pieces it can hold; null when nobody said.</param>
    /// <param name="Sku">What it holds; empty when nobody said.</param>
    public sealed record Stock(string Slot, int Pieces, int? Capacity, string Sku) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Stock, Slot);
    }

    /// <summary>The network.</summary>
    /// <param name="Dbm">Strength in dBm, −200 to 0.</param>
    /// <param name="Percent">Quality, 0 to 100; null when nobody said.</param>
    /// <param name="Network">Its kind, as the modem calls it; empty when nobody said.</param>
    public sealed record Signal(int Dbm, int? Percent, string Network) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Signal, "");
    }

    /// <summary>The disk of the agent's data.</summary>
    /// <param name="FreeBytes">Bytes free.</param>
    /// <param name="TotalBytes">Bytes in all; at least 1.</param>
    public sealed record Disk(long FreeBytes, long TotalBytes) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Disk, "");
    }

    /// <summary>All faults that stand now; an empty list says that none does.</summary>
    /// <param name="All">The faults.</param>
    public sealed record Faults(IReadOnlyList<TelemetryFaultCode> All) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Faults, "");

        /// <inheritdoc/>
        public bool Equals(Faults? other) => other is not null && All.SequenceEqual(other.All);

        /// <inheritdoc/>
        public override int GetHashCode() => All.Count;
    }

    /// <summary>The agent.</summary>
    /// <param name="Version">Its version.</param>
    /// <param name="UpMs">How long it has been running, in milliseconds.</param>
    public sealed record Agent(string Version, long UpMs) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Agent, "");
    }

    /// <summary>What the journal still has to send.</summary>
    /// <param name="Entries">Entries not committed.</param>
    /// <param name="OldestAgeMs">Age of the oldest of them, in milliseconds; 0 when there is none.</param>
    public sealed record Backlog(long Entries, long OldestAgeMs) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Backlog, "");
    }

    /// <summary>The clock.</summary>
    /// <param name="Heard">True when this boot heard the service's clock.</param>
    /// <param name="OffsetMs">
    /// Service clock minus the cabinet's at the last receipt, in milliseconds; null before one.
    /// </param>
    public sealed record Clock(bool Heard, long? OffsetMs) : TelemetryReading
    {
        /// <inheritdoc/>
        public override TelemetryKey Key => new(TelemetryKind.Clock, "");
    }
}

/// <summary>A fault of the cabinet.</summary>
/// <param name="Code">The controller's own code.</param>
/// <param name="Words">Words for people; may be empty.</param>
public readonly record struct TelemetryFaultCode(string Code, string Words);
