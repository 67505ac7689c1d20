using System.Globalization;
using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Fleet;

/// <summary>What the comparison of journals and ledger came to.</summary>
internal sealed record EntryProofResult
{
    /// <summary>Nothing compared yet.</summary>
    public static readonly EntryProofResult Empty = new()
    {
        Recorded = 0, Committed = 0, Lost = 0, Doubled = 0, Quarantined = 0, Unrecorded = 0, Altered = 0,
        SumsDiffer = 0, Counts = default, Findings = [],
    };

    /// <summary>Entries in the agents' journals.</summary>
    public required long Recorded { get; init; }

    /// <summary>Those of them that the ledger holds with the same hash and bytes.</summary>
    public required long Committed { get; init; }

    /// <summary>Those of them that it does not.</summary>
    public required long Lost { get; init; }

    /// <summary>Entries that are in the ledger twice, and vends and refunds that count twice.</summary>
    public required long Doubled { get; init; }

    /// <summary>Entries kept apart.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Rows of the ledger that no journal holds.</summary>
    public required long Unrecorded { get; init; }

    /// <summary>Sales whose amount in the ledger is not that of their bytes.</summary>
    public required long Altered { get; init; }

    /// <summary>Cabinets whose own running sums are not the ledger's.</summary>
    public required long SumsDiffer { get; init; }

    /// <summary>What the ledger counts.</summary>
    public required EntryCounts Counts { get; init; }

    /// <summary>The first things that do not fit, in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>True when every entry is in the ledger exactly once and counts as recorded.</summary>
    public bool Holds =>
        Lost == 0 && Doubled == 0 && Quarantined == 0 && Unrecorded == 0 && Altered == 0 && SumsDiffer == 0;

    /// <summary>The lines of the proof on the screen.</summary>
    public IEnumerable<ProofLine> Lines =>
    [
        Line("recorded in the journals", Recorded, null),
        Line("committed in the ledger", Committed, Committed == Recorded),
        Line("lost", Lost, Lost == 0),
        Line("doubled", Doubled, Doubled == 0),
        Line("quarantined", Quarantined, Quarantined == 0),
        Line("in the ledger alone", Unrecorded, Unrecorded == 0),
        Line("amounts altered", Altered, Altered == 0),
        Line("cabinets whose own sums differ", SumsDiffer, SumsDiffer == 0),
    ];

    private static ProofLine Line(string name, long value, bool? holds) =>
        new(name, value.ToString("N0", CultureInfo.InvariantCulture), holds);
}

/// <summary>What a ledger counts, by kind. Amounts in fen.</summary>
internal record struct EntryCounts
{
    /// <summary>Sales.</summary>
    public long Sales { get; private set; }

    /// <summary>Refunds.</summary>
    public long Refunds { get; private set; }

    /// <summary>Goods that left without a sale.</summary>
    public long NonSales { get; private set; }

    /// <summary>Vends that failed or of which nobody knows.</summary>
    public long Outcomes { get; private set; }

    /// <summary>Paid for sales, before refunds.</summary>
    public long SalesFen { get; private set; }

    /// <summary>Given back.</summary>
    public long RefundsFen { get; private set; }

    /// <summary>Adds a counted entry.</summary>
    /// <param name="body">What it says.</param>
    /// <param name="amountFen">The amount by which a sale counts.</param>
    public void Add(EntryBody body, long amountFen)
    {
        switch (body)
        {
            case SaleBody:
                Sales++;
                SalesFen = checked(SalesFen + amountFen);
                break;
            case RefundBody refund:
                Refunds++;
                RefundsFen = checked(RefundsFen + refund.AmountFen);
                break;
            case NonSaleBody:
                NonSales++;
                break;
            case OutcomeBody:
                Outcomes++;
                break;
        }
    }
}

/// <summary>Keeps the first things that do not fit. Not thread-safe.</summary>
internal sealed class ProofFindings
{
    /// <summary>Most that are kept.</summary>
    public const int Most = 50;

    private readonly List<string> _first = [];

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Adds one.</summary>
    public void Add(string finding)
    {
        if (_first.Count < Most)
        {
            _first.Add(finding);
        }
    }
}
