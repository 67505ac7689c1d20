namespace KioskFleet.Service.Findings;

/// <summary>The states of a finding's life. Their names are stored and are the API's words.</summary>
internal enum FindingState
{
    /// <summary>Found, and nobody looked at it yet; or opened again.</summary>
    Open,

    /// <summary>Somebody took it in hand.</summary>
    Acknowledged,

    /// <summary>Who must answer said how it came; a supervisor has not decided yet.</summary>
    Explained,

    /// <summary>Done with, as its closure says.</summary>
    Closed,
}

/// <summary>A step in a finding's life. The names are stored and are the API's words.</summary>
internal enum FindingStep
{
    /// <summary>A person takes it in hand.</summary>
    Acknowledge,

    /// <summary>A person says how it came.</summary>
    Explain,

    /// <summary>A person says that the cause is gone. Found again, it is opened again.</summary>
    CloseMended,

    /// <summary>A person accepts the explanation. Found again, it stays closed unless it got worse.</summary>
    CloseAccepted,

    /// <summary>A person says that nothing was wrong. Found again, it stays closed unless it got worse.</summary>
    CloseMistaken,

    /// <summary>A person refuses the explanation, or takes a closure back.</summary>
    Reopen,

    /// <summary>The service sees that the condition ended by itself.</summary>
    End,

    /// <summary>The service finds what was closed again.</summary>
    FindAgain,
}

/// <summary>How a finding was closed. The names are stored and are the API's words.</summary>
internal enum FindingClosure
{
    /// <summary>The cause is gone, says a person.</summary>
    Mended,

    /// <summary>The explanation was accepted.</summary>
    Accepted,

    /// <summary>Nothing was wrong, says a person: the check is to be blamed.</summary>
    Mistaken,

    /// <summary>The condition ended by itself.</summary>
    Ended,
}

/// <summary>Which steps are legal, and when a closed finding opens again: tables and comparisons. Pure.</summary>
internal static class FindingLifeRule
{
    private const int Percent = 100;

    private static readonly Dictionary<(FindingState, FindingStep), FindingState> Table = new()
    {
        [(FindingState.Open, FindingStep.Acknowledge)] = FindingState.Acknowledged,
        [(FindingState.Open, FindingStep.Explain)] = FindingState.Explained,
        [(FindingState.Open, FindingStep.End)] = FindingState.Closed,
        [(FindingState.Acknowledged, FindingStep.Explain)] = FindingState.Explained,
        [(FindingState.Acknowledged, FindingStep.CloseMended)] = FindingState.Closed,
        [(FindingState.Acknowledged, FindingStep.CloseMistaken)] = FindingState.Closed,
        [(FindingState.Acknowledged, FindingStep.End)] = FindingState.Closed,

        // An explanation can be added to; nothing is accepted that nobody explained.
        [(FindingState.Explained, FindingStep.Explain)] = FindingState.Explained,
        [(FindingState.Explained, FindingStep.CloseMended)] = FindingState.Closed,
        [(FindingState.Explained, FindingStep.CloseAccepted)] = FindingState.Closed,
        [(FindingState.Explained, FindingStep.CloseMistaken)] = FindingState.Closed,
        [(FindingState.Explained, FindingStep.Reopen)] = FindingState.Open,
        [(FindingState.Explained, FindingStep.End)] = FindingState.Closed,
        [(FindingState.Closed, FindingStep.Reopen)] = FindingState.Open,
        [(FindingState.Closed, FindingStep.FindAgain)] = FindingState.Open,
    };

    /// <summary>The state after a step; null when the step is illegal.</summary>
    public static FindingState? After(FindingState state, FindingStep step) =>
        Table.TryGetValue((state, step), out var next) ? next : null;

    /// <summary>The steps that a person may take from a state, in the enum's order.</summary>
    public static IReadOnlyList<FindingStep> AllowedFrom(FindingState state) =>
        [.. Enum.GetValues<FindingStep>().Where(step => IsByPerson(step) && Table.ContainsKey((state, step)))];

    /// <summary>True for a step that only persons take.</summary>
    public static bool IsByPerson(FindingStep step) => step is not (FindingStep.End or FindingStep.FindAgain);

    /// <summary>True when a person must say why.</summary>
    public static bool TakesWords(FindingStep step) => step != FindingStep.Acknowledge && IsByPerson(step);

    /// <summary>How a step closes a finding; null when it does not.</summary>
    public static FindingClosure? ClosureOf(FindingStep step) => step switch
    {
        FindingStep.CloseMended => FindingClosure.Mended,
        FindingStep.CloseAccepted => FindingClosure.Accepted,
        FindingStep.CloseMistaken => FindingClosure.Mistaken,
        FindingStep.End => FindingClosure.Ended,
        _ => null,
    };

    /// <summary>
    /// True when a closed finding that is found again opens again. What was mended or ended is back; what was accepted
    /// or called a mistake stays closed while it does not get worse, unless each time is another happening.
    /// </summary>
    /// <param name="closedAs">How it was closed.</param>
    /// <param name="isHappening">See <see cref="FindingFacts.IsHappening"/>.</param>
    /// <param name="closedWeight">How bad it was then.</param>
    /// <param name="weight">How bad it is now, in the same unit.</param>
    /// <param name="worseByPercent">By how much it may grow without being worse, at least 0.</param>
    public static bool OpensAgain(
        FindingClosure closedAs, bool isHappening, long closedWeight, long weight, int worseByPercent) =>
        closedAs is FindingClosure.Mended or FindingClosure.Ended || isHappening
        || (Int128)weight * Percent > (Int128)closedWeight * (Percent + worseByPercent);
}
