namespace KioskFleet.Simulators.Terminal;

/// <summary>How far a run is in one county.</summary>
internal sealed record CountyProgress
{
    /// <summary>GB/T 2260 code, or any other key of the row.</summary>
    public required string Code { get; init; }

    /// <summary>The name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Cabinets that take part.</summary>
    public int Cabinets { get; init; }

    /// <summary>Entries that are still to be recorded and those that are: the end of the bar.</summary>
    public long Expected { get; init; }

    /// <summary>Entries that agents have answered for.</summary>
    public long Recorded { get; init; }

    /// <summary>Entries that the fleet service has receipted.</summary>
    public long Committed { get; init; }

    /// <summary>
    /// Sales amount of aid products so far, in fen; null when this run does not tell aid products apart.
    /// </summary>
    public long? AidFen { get; init; }

    /// <summary>Sales amount so far, in fen.</summary>
    public long TotalFen { get; init; }
}

/// <summary>How far a run is. Immutable.</summary>
/// <param name="Phase">What the run is doing now.</param>
/// <param name="Counties">A row each.</param>
internal sealed record ProgressSnapshot(string Phase, IReadOnlyList<CountyProgress> Counties)
{
    /// <summary>All counties together.</summary>
    public CountyProgress Sum => new()
    {
        Code = "",
        Name = "all",
        Cabinets = Counties.Sum(static county => county.Cabinets),
        Expected = Counties.Sum(static county => county.Expected),
        Recorded = Counties.Sum(static county => county.Recorded),
        Committed = Counties.Sum(static county => county.Committed),
        AidFen = Counties.All(static county => county.AidFen is null)
            ? null
            : Counties.Sum(static county => county.AidFen),
        TotalFen = Counties.Sum(static county => county.TotalFen),
    };
}
