namespace KioskFleet.Simulators.Bench;

/// <summary>What <c>bench compliance</c> measures, and on how much.</summary>
internal sealed record ComplianceOptions
{
    /// <summary>Seed of the sales that are made.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Sales of the large ledger, 10,000 to 100,000,000.</summary>
    public int Sales { get; init; } = 10_000_000;

    /// <summary>Its cabinets, 1 to 10,000.</summary>
    public int Cabinets { get; init; } = 2_700;

    /// <summary>Cabinets of the wide ledger.</summary>
    public int WideCabinets { get; init; } = 100_000;

    /// <summary>Sales of each of these.</summary>
    public int SalesPerWideCabinet { get; init; } = 20;

    /// <summary>Standings are read so often; the median counts.</summary>
    public int Readings { get; init; } = 9;

    /// <summary>Re-judgings beside bare work; the median ratio counts.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Everything smaller, for a check that the benchmark itself works. Its figures say little.</summary>
    public ComplianceOptions Quick() => this with
    {
        Sales = Math.Min(Sales, 60_000),
        Cabinets = Math.Min(Cabinets, 60),
        WideCabinets = 1_000,
        SalesPerWideCabinet = 5,
        Readings = 3,
        Rounds = 1,
    };
}

/// <summary>What was measured. Times are medians; bare figures are measured in the same run.</summary>
internal sealed record ComplianceResult
{
    /// <summary>All standings of the present month from the large ledger, in milliseconds.</summary>
    public double Standings2700Ms { get; init; }

    /// <summary>Of these, reading ledger and register.</summary>
    public double Standings2700ReadMs { get; init; }

    /// <summary>The same window's rows read bare, in milliseconds.</summary>
    public double BareWindow2700Ms { get; init; }

    /// <summary>All standings of the present month from the wide ledger, in milliseconds.</summary>
    public double Standings100kMs { get; init; }

    /// <summary>Of these, reading ledger and register.</summary>
    public double Standings100kReadMs { get; init; }

    /// <summary>The same window's rows read bare, in milliseconds.</summary>
    public double BareWindow100kMs { get; init; }

    /// <summary>A re-judging of 1 % of the sales ÷ (bare scan of all + bare insert of as many rows).</summary>
    public double RejudgeRatio { get; init; }

    /// <summary>The re-judging, in seconds.</summary>
    public double RejudgeSeconds { get; init; }

    /// <summary>One bare scan of all entries, in seconds.</summary>
    public double BareScanSeconds { get; init; }

    /// <summary>Bare insert of as many rows of the shape of corrections as were written, in seconds.</summary>
    public double BareInsertSeconds { get; init; }

    /// <summary>Sales that each re-judging changed; must be those with the corrected SKU.</summary>
    public long RejudgedSales { get; init; }

    /// <summary>Sales with the corrected SKU.</summary>
    public long SalesOfCorrectedSku { get; init; }

    /// <summary>The same correction for the last day alone, in seconds.</summary>
    public double RejudgeOneDaySeconds { get; init; }

    /// <summary>True when both ledgers were proven afterwards, windows and corrections included.</summary>
    public bool Proven { get; init; }

    /// <summary>Sales of the large ledger.</summary>
    public long Sales { get; init; }

    /// <summary>Its cabinets.</summary>
    public int Cabinets { get; init; }

    /// <summary>Sales of the wide ledger.</summary>
    public long WideSales { get; init; }

    /// <summary>Its cabinets.</summary>
    public int WideCabinets { get; init; }

    /// <summary>Entries per second while the large ledger was made, signing included.</summary>
    public double BuildEntriesPerSecond { get; init; }

    /// <summary>Size of the large ledger, in MiB.</summary>
    public double LedgerMiB { get; init; }

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; }

    /// <summary>True when the ledgers are proven and every re-judging changed exactly the affected sales.</summary>
    public bool Holds => Proven && RejudgedSales == SalesOfCorrectedSku;
}
