namespace KioskFleet.Simulators.Bench;

/// <summary>What the benchmark measures, and how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>Seed of the sales that are made.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Simulated cabinets, 1 to 10,000.</summary>
    public int Cabinets { get; init; } = 2_700;

    /// <summary>
    /// Sales that each cabinet sends in the end-to-end part, 1 to 5,000; sent in batches of at most 500.
    /// </summary>
    public int SalesPerCabinet { get; init; } = 500;

    /// <summary>Alternating rounds of each comparison; the median ratio counts. 1 to 25.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Sales of one agent round.</summary>
    public int AgentSalesPerRound { get; init; } = 1_000;

    /// <summary>Sales of one ledger round.</summary>
    public int LedgerSalesPerRound { get; init; } = 100_000;

    /// <summary>Seconds over which the idle service is watched.</summary>
    public int IdleSeconds { get; init; } = 20;

    /// <summary>Everything shorter, for a check that the benchmark itself works. Its figures say little.</summary>
    public BenchOptions Quick() => this with
    {
        Cabinets = Math.Min(Cabinets, 100),
        SalesPerCabinet = Math.Min(SalesPerCabinet, 500),
        Rounds = Math.Min(Rounds, 3),
        AgentSalesPerRound = 200,
        LedgerSalesPerRound = 20_000,
        IdleSeconds = 3,
    };
}

/// <summary>What was measured. Ratios are against the limit measured in the same run.</summary>
internal sealed record BenchResult
{
    /// <summary>Agent commits per second ÷ bare one-row transactions per second.</summary>
    public double AgentCommitRatio { get; init; }

    /// <summary>Ledger entries per second ÷ bare appended rows per second.</summary>
    public double LedgerAppendRatio { get; init; }

    /// <summary>Sales per second from signed batch to receipt ÷ bare appended rows per second.</summary>
    public double EndToEndRatio { get; init; }

    /// <summary>Resident memory of the service with all cabinets connected and idle, in MiB.</summary>
    public double IdleMiB { get; init; }

    /// <summary>Its processor time meanwhile, in percent of one core.</summary>
    public double IdleCorePercent { get; init; }

    /// <summary>Payload bytes on the wire per sale, its share of the batch's envelope and signature included.</summary>
    public double BytesPerSale { get; init; }

    /// <summary>Agent commits per second.</summary>
    public double AgentCommitsPerSecond { get; init; }

    /// <summary>Bare one-row transactions per second, synchronous=FULL.</summary>
    public double BareCommitsPerSecond { get; init; }

    /// <summary>Ledger entries per second.</summary>
    public double LedgerEntriesPerSecond { get; init; }

    /// <summary>Bare appended rows per second, 10,000 per transaction, synchronous=FULL.</summary>
    public double BareRowsPerSecond { get; init; }

    /// <summary>Sales per second through broker, checks, ledger and receipt.</summary>
    public double EndToEndSalesPerSecond { get; init; }

    /// <summary>Sales sent in the end-to-end part.</summary>
    public long EndToEndSales { get; init; }

    /// <summary>Sales that the ledger holds afterwards; must be equal.</summary>
    public long EndToEndCommitted { get; init; }

    /// <summary>Resident memory of the service after the load, in MiB.</summary>
    public double LoadedMiB { get; init; }

    /// <summary>Processor time of the service per sale in the end-to-end part, in microseconds.</summary>
    public double ServiceMicrosecondsPerSale { get; init; }

    /// <summary>Processor time of the load generator per sale, on the same processors, in microseconds.</summary>
    public double LoadMicrosecondsPerSale { get; init; }

    /// <summary>Cabinets connected.</summary>
    public int Cabinets { get; init; }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; }
}
