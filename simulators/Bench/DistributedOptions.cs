namespace KioskFleet.Simulators.Bench;

/// <summary>What <c>bench --engine distributed</c> measures, and how long.</summary>
internal sealed record DistributedOptions
{
    /// <summary>The programs that must be installed.</summary>
    public static IReadOnlyList<(string Program, string Package)> Needs { get; } =
        [("initdb", "postgresql"), ("mosquitto", "mosquitto"), ("victoria-metrics", "victoria-metrics")];

    /// <summary>Seed of the sales.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Cabinets, each a connection to the broker. 1 to 10,000.</summary>
    public int Cabinets { get; init; } = 400;

    /// <summary>
    /// Sales that each cabinet sends in a measured round, 1 to 5,000; in batches of 400.
    /// </summary>
    public int SalesPerCabinet { get; init; } = 1_600;

    /// <summary>
    /// Short rounds that are not measured, so that no service pays for code that is not compiled for good yet. What is
    /// done once for a group is, after some sixty groups; of several services each makes one group in such a round.
    /// 1 to 1,000.
    /// </summary>
    public int WarmUpRounds { get; init; } = 120;

    /// <summary>Sales that each cabinet sends in such a round: one batch.</summary>
    public int WarmUpSalesPerCabinet { get; init; } = 50;

    /// <summary>Services of the round that has several.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>
    /// Alternating rounds of each comparison, twice as many of the ledger's and the series'; the median ratio counts.
    /// What several services differ by from one is less than what a machine differs by from itself some seconds ago: it
    /// takes more of them than elsewhere. 1 to 25.
    /// </summary>
    public int Rounds { get; init; } = 9;

    /// <summary>Sales of one ledger round.</summary>
    public int LedgerSalesPerRound { get; init; } = 100_000;

    /// <summary>Everything shorter, for a check that the benchmark itself works. Its figures say little.</summary>
    public DistributedOptions Quick() => this with
    {
        Cabinets = Math.Min(Cabinets, 60),
        SalesPerCabinet = Math.Min(SalesPerCabinet, 400),
        WarmUpRounds = 1,
        Rounds = 1,
        LedgerSalesPerRound = 20_000,
    };
}

/// <summary>What was measured. Ratios are against the limit measured in the same run, in turn with it.</summary>
internal sealed record DistributedResult
{
    /// <summary>Ledger entries per second on PostgreSQL ÷ the same rows by bare COPY and an upsert of heads.</summary>
    public double LedgerAppendRatio { get; init; }

    /// <summary>
    /// Sales per second from signed batch over Mosquitto to receipt, one service ÷ the same bare rows.
    /// </summary>
    public double EndToEndRatio { get; init; }

    /// <summary>Sales per second with several services ÷ with one.</summary>
    public double ReplicaRatio { get; init; }

    /// <summary>
    /// Lines per second that the series writer makes of counted points and brings to the server ÷ the same lines,
    /// written before, by bare requests.
    /// </summary>
    public double SeriesRatio { get; init; }

    /// <summary>
    /// The same with everything before and after it: reading the ledger, counting, writing the lines down.
    /// </summary>
    public double SeriesFromLedgerRatio { get; init; }

    /// <summary>Ledger entries per second.</summary>
    public double LedgerEntriesPerSecond { get; init; }

    /// <summary>Bare rows per second in the rounds of the ledger.</summary>
    public double BareRowsPerSecond { get; init; }

    /// <summary>Sales per second through broker, checks, ledger and receipt with one service.</summary>
    public double EndToEndSalesPerSecond { get; init; }

    /// <summary>The same with several.</summary>
    public double ReplicaSalesPerSecond { get; init; }

    /// <summary>
    /// Sales per second with which charts, product sales and recorded payments come up behind the receipts, one
    /// service, when no more come.
    /// </summary>
    public double FollowedSalesPerSecond { get; init; }

    /// <summary>Lines per second of the series writer.</summary>
    public double SeriesLinesPerSecond { get; init; }

    /// <summary>Lines per second of the series writer from the ledger on.</summary>
    public double SeriesFromLedgerLinesPerSecond { get; init; }

    /// <summary>Lines per second by bare requests.</summary>
    public double BareLinesPerSecond { get; init; }

    /// <summary>Sales for which a cabinet got a receipt.</summary>
    public long SalesSent { get; init; }

    /// <summary>Sales in the ledger; must be equal.</summary>
    public long SalesCommitted { get; init; }

    /// <summary>Lines for which the server's answer was yes.</summary>
    public long LinesSent { get; init; }

    /// <summary>Lines that the server says it took; must be equal.</summary>
    public long LinesTaken { get; init; }

    /// <summary>Services of the rounds with several.</summary>
    public int Replicas { get; init; }

    /// <summary>Cabinets connected.</summary>
    public int Cabinets { get; init; }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; }

    /// <summary>True when nothing was lost on any way.</summary>
    public bool Proven => SalesSent == SalesCommitted && LinesSent == LinesTaken;
}
