using System.Text.Json.Nodes;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// A check over sales: makes one watch for each cabinet, operator and window. Made anew for each reading, so that its
/// watches may look at each other. Pure: sees values, tells values; no clock and no store.
/// </summary>
internal interface ISalesRule
{
    /// <summary>The kind it finds; no other rule finds it.</summary>
    FindingKind Kind { get; }

    /// <summary>True for a rule that is asked too when only what was given back of a window is read.</summary>
    bool LooksAtFinalWindows => false;

    /// <summary>Begins to watch.</summary>
    SalesWatch Watch(WatchedWindow window);
}

/// <summary>
/// Watches the sales of one cabinet, operator and window, in the order in which the ledger holds them: within a journal
/// that is the order of time. Holds sums, never the sales themselves.
/// </summary>
internal abstract class SalesWatch
{
    /// <summary>Sees a sale that counts.</summary>
    public virtual void See(SeenSale sale)
    {
    }

    /// <summary>Sees goods that left without a sale.</summary>
    public virtual void See(SeenNonSale nonSale)
    {
    }

    /// <summary>What stands out, asked once when everything was seen.</summary>
    /// <param name="amounts">What the window counts.</param>
    public abstract IEnumerable<PatternFound> Found(WindowAmounts amounts);
}

/// <summary>Something that a rule found, explained.</summary>
/// <param name="Detail">What of the window it is about: a SKU, a payer; empty for the whole.</param>
/// <param name="Weight">How bad it is, in the rule's unit.</param>
/// <param name="StagedAidFen">Aid sales that would be gone without it, in fen; null where that says nothing.</param>
/// <param name="Figures">What was found.</param>
/// <param name="Words">The values of the rule's sentence, in order.</param>
/// <param name="Examples">Entries that show it.</param>
internal sealed record PatternFound(
    string Detail, long Weight, long? StagedAidFen, JsonObject Figures, IReadOnlyList<string> Words,
    Examples Examples);

/// <summary>What a window counts, in fen, refunds taken off.</summary>
/// <param name="counted">What it counts where not all of it is read; null where it is.</param>
internal sealed class WindowAmounts((long AidFen, long TotalFen)? counted = null)
{
    private long _aidFen;
    private long _totalFen;

    /// <summary>Aid sales.</summary>
    public long AidFen => counted?.AidFen ?? _aidFen;

    /// <summary>All sales.</summary>
    public long TotalFen => counted?.TotalFen ?? _totalFen;

    /// <summary>Aid sales that were given back on days after the window.</summary>
    public long LateAidFen { get; private set; }

    /// <summary>Sales of any class that were given back on days after the window.</summary>
    public long LateFen { get; private set; }

    /// <summary>Adds a sale.</summary>
    public void Add(SeenSale sale)
    {
        foreach (ref readonly var line in sale.Lines)
        {
            _totalFen = checked(_totalFen + line.NetFen);
            LateFen = checked(LateFen + line.LateRefundedFen);
            if (line.Class == ProductClass.Aid)
            {
                _aidFen = checked(_aidFen + line.NetFen);
                LateAidFen = checked(LateAidFen + line.LateRefundedFen);
            }
        }
    }
}
