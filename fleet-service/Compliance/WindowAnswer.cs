namespace KioskFleet.Service.Compliance;

/// <summary>A window with its sales and standings.</summary>
/// <param name="Window">The window as it is named; its sales may end before it does.</param>
/// <param name="Sales">What was sold in it, up to what was asked.</param>
/// <param name="Judged">The standings.</param>
/// <param name="Context">What they were judged by.</param>
/// <param name="OwnKind">Only rows whose policy judges by this kind of window are meant; null for all.</param>
internal sealed record WindowAnswer(
    JudgingWindow Window, WindowSales Sales, JudgedWindow Judged, JudgingContext Context, string? OwnKind)
{
    /// <summary>True when a row with a policy of this window belongs to the answer.</summary>
    public bool Holds(string? policyWindow) => OwnKind is null || OwnKind == policyWindow;
}

/// <summary>What a question about standings means. A closed set.</summary>
internal abstract record WindowAsk
{
    private WindowAsk()
    {
    }

    /// <summary>Windows to be judged: one, or one for each kind when each cabinet is meant in that of its own policy.
    /// </summary>
    /// <param name="All">The windows, each with the kind of policy whose rows are meant; null for all rows.</param>
    /// <param name="Moment">Up to when.</param>
    public sealed record Windows(
        IReadOnlyList<(JudgingWindow Window, string? OwnKind)> All, AskedMoment Moment) : WindowAsk;

    /// <summary>The window's name is none.</summary>
    public sealed record BadWindow : WindowAsk;

    /// <summary>The moment is none, is not past, or lies outside the window.</summary>
    public sealed record BadMoment : WindowAsk;
}
