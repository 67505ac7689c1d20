using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Enforcement;

/// <summary>Of which cabinet which figures are wanted.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentIds">The assignments of its present operator.</param>
/// <param name="WindowKind">The kind of window of its policy.</param>
internal sealed record FiguresRequest(string CabinetId, IReadOnlyList<long> AssignmentIds, string WindowKind);

/// <summary>A cabinet's journal in the ledger.</summary>
/// <param name="JournalNo">The ledger's number of it.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Head">Its head.</param>
/// <param name="LastUtcMs">Corrected time of its latest entry, Unix milliseconds UTC.</param>
internal sealed record KnownJournal(long JournalNo, JournalId Journal, Head Head, long LastUtcMs);

/// <summary>What a cabinet said of itself last.</summary>
/// <param name="HeardUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="AppliedVersion">The config that it works by; empty for none.</param>
internal sealed record HeardHello(long HeardUtcMs, string AppliedVersion);

/// <summary>A cabinet as the ledger knows it at one moment: figures and head belong together.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="Journal">Its journal; null when the ledger knows none.</param>
/// <param name="Hello">Its last hello; null before the first.</param>
/// <param name="Window">The running window.</param>
/// <param name="Rows">Figures of the running window and the one before it, as a config holds them.</param>
internal sealed record CabinetFigures(
    string CabinetId, KnownJournal? Journal, HeardHello? Hello, BusinessWindow Window, IReadOnlyList<FigureRow> Rows)
{
    /// <summary>Aid and total of the running window.</summary>
    public (long AidFen, long TotalFen) Present => Figures(default).In(Window);

    /// <summary>Turnover of the window before; 0 for a window that never opens anew.</summary>
    public long PreviousTurnoverFen(GatePolicy policy) => BusinessWindow.IsRolling(policy.Window)
        ? 0
        : Figures(default).TurnoverIn(policy.WindowOf(Window.First.AddDays(-1)));

    /// <summary>The figures of a config.</summary>
    /// <param name="countFromUtcMs">Beginning of the operator's time at the cabinet.</param>
    /// <param name="allowanceFen">The allowance of the running window.</param>
    public GateFigures Figures(long countFromUtcMs, long allowanceFen = 0) => new(
        Journal?.Journal ?? default, Journal?.Head ?? default, Journal?.LastUtcMs ?? 0, countFromUtcMs, Window,
        allowanceFen, Rows);
}

/// <summary>What a cabinet's own journal added to a window behind a number.</summary>
/// <param name="AidFen">Aid, net of its own refunds.</param>
/// <param name="TotalFen">All, net likewise.</param>
internal readonly record struct OwnSums(long AidFen, long TotalFen);
