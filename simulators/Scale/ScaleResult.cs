namespace KioskFleet.Simulators.Scale;

/// <summary>What a ledger of many cabinets on PostgreSQL needed. Figures of this machine; only ratios travel.</summary>
internal sealed record ScaleResult
{
    /// <summary>Cabinets.</summary>
    public int Cabinets { get; init; }

    /// <summary>Days of sales.</summary>
    public int Days { get; init; }

    /// <summary>Sales in the ledger.</summary>
    public long Sales { get; init; }

    /// <summary>Cabinets registered per second, with keys and assignments.</summary>
    public double RegisteredPerSecond { get; init; }

    /// <summary>Sales per second from signing to commit, over all of them.</summary>
    public double SalesPerSecond { get; init; }

    /// <summary>Growth of the database per sale, in bytes, everything that belongs to a sale included.</summary>
    public double BytesPerSale { get; init; }

    /// <summary>The database at the end, in MiB.</summary>
    public double DatabaseMiB { get; init; }

    /// <summary>The standings of all cabinets in the present month, in milliseconds; median.</summary>
    public double StandingsMs { get; init; }

    /// <summary>The sums of all counties in the present month, in milliseconds; median.</summary>
    public double CountiesMs { get; init; }

    /// <summary>The standing of one cabinet, in milliseconds; median.</summary>
    public double OneCabinetMs { get; init; }

    /// <summary>True when the service's own proof confirms the ledger and all sales are in it.</summary>
    public bool Proven { get; init; }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; }
}
