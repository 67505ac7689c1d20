using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Configs;

/// <summary>What a cabinet had sold on some days under its operator, as the ledger knew it at the named head.</summary>
/// <param name="First">First business day.</param>
/// <param name="Last">Last business day.</param>
/// <param name="AidFen">Aid sales, net of refunds by the day of the sale they reverse, in fen.</param>
/// <param name="TotalFen">All sales, net likewise, in fen.</param>
/// <param name="TurnoverFen">Sales less the refunds made on these days, whatever they reverse, in fen.</param>
public readonly record struct FigureRow(DateOnly First, DateOnly Last, long AidFen, long TotalFen, long TurnoverFen);

/// <summary>
/// The figures that a gate starts from. They hold everything that the ledger had counted when it held exactly this head
/// of the cabinet's own journal; the gate adds what its journal holds behind the head. Immutable.
/// </summary>
/// <param name="Journal">The cabinet's journal; all zero when the ledger knew none: nothing is counted yet.</param>
/// <param name="Head">Its head in the ledger.</param>
/// <param name="HeadUtcMs">Corrected time of the latest entry there, Unix milliseconds UTC: the past has come that far.
/// </param>
/// <param name="CountFromUtcMs">
/// Entries from before this moment are another operator's and count nothing here, Unix milliseconds UTC.
/// </param>
/// <param name="Window">The window that was running.</param>
/// <param name="AllowanceFen">
/// Ordinary sales allowed beyond the headroom in that window, in fen. With a policy that judges cabinets together it is
/// this cabinet's part of what the group has left, and may be negative.
/// </param>
/// <param name="Rows">Figures by days, ascending, no day twice; days without sales may be missing.</param>
public sealed record GateFigures(
    JournalId Journal, Head Head, long HeadUtcMs, long CountFromUtcMs, BusinessWindow Window, long AllowanceFen,
    IReadOnlyList<FigureRow> Rows)
{
    /// <summary>True when the figures name a head.</summary>
    public bool HasHead => Journal != default;

    /// <summary>Aid and total of the rows inside a window.</summary>
    public (long AidFen, long TotalFen) In(in BusinessWindow window)
    {
        long aid = 0, total = 0;
        foreach (var row in Rows)
        {
            if (window.Contains(row.First) && window.Contains(row.Last))
            {
                aid = checked(aid + row.AidFen);
                total = checked(total + row.TotalFen);
            }
        }

        return (aid, total);
    }

    /// <summary>Turnover of the rows inside a window, in fen.</summary>
    public long TurnoverIn(in BusinessWindow window)
    {
        long turnover = 0;
        foreach (var row in Rows)
        {
            if (window.Contains(row.First) && window.Contains(row.Last))
            {
                turnover = checked(turnover + row.TurnoverFen);
            }
        }

        return turnover;
    }
}
