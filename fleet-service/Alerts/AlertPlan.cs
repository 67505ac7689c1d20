namespace KioskFleet.Service.Alerts;

/// <summary>What a check does with an alert. A closed set.</summary>
internal abstract record AlertStep
{
    private AlertStep()
    {
    }

    /// <summary>Remembers a cause that has not lasted long enough.</summary>
    public sealed record Watch(AlertSign Sign) : AlertStep;

    /// <summary>Opens an alert; of a pending one, its number.</summary>
    public sealed record Open(AlertSign Sign, long? PendingId) : AlertStep;

    /// <summary>Closes an alert whose cause is gone.</summary>
    /// <param name="Alert">The alert.</param>
    /// <param name="IsTold">True when that is told: a person who closed it need not hear of it again.</param>
    public sealed record Close(LiveAlert Alert, bool IsTold) : AlertStep;

    /// <summary>Forgets a pending cause that is gone.</summary>
    public sealed record Forget(LiveAlert Alert) : AlertStep;
}

/// <summary>Compares what is live with what the rules found. Pure.</summary>
internal static class AlertPlan
{
    /// <summary>The steps for one cabinet; none for what stays as it is.</summary>
    public static IReadOnlyList<AlertStep> Of(IReadOnlyList<LiveAlert> live, AlertVerdict verdict)
    {
        var steps = new List<AlertStep>();
        var known = live.ToDictionary(alert => alert.Key);
        var found = new HashSet<AlertKey>();
        foreach (var sign in verdict.Signs.Where(sign => found.Add(sign.Key)))
        {
            var alert = known.GetValueOrDefault(sign.Key);
            if (sign.IsDue && alert is null or { State: AlertState.Pending })
            {
                steps.Add(new AlertStep.Open(sign, alert?.AlertId));
            }
            else if (alert is null)
            {
                steps.Add(new AlertStep.Watch(sign));
            }
        }

        foreach (var alert in live.Where(alert => !found.Contains(alert.Key) && !IsKept(alert, verdict)))
        {
            steps.Add(alert.State == AlertState.Pending
                ? new AlertStep.Forget(alert)
                : new AlertStep.Close(alert, alert.State != AlertState.Dismissed));
        }

        return steps;
    }

    private static bool IsKept(LiveAlert alert, AlertVerdict verdict) => verdict.Stale.Contains(alert.Key)
        ? alert.State != AlertState.Pending
        : verdict.Unknown.Contains(alert.Key.Kind);
}

/// <summary>The steps that persons take. Pure.</summary>
internal static class AlertLife
{
    /// <summary>The step that takes an alert in hand.</summary>
    public const string Acknowledge = "acknowledge";

    /// <summary>The step that closes an alert.</summary>
    public const string Close = "close";

    private static readonly (string Name, AlertState To)[] Steps =
        [(Acknowledge, AlertState.Acknowledged), (Close, AlertState.Dismissed)];

    /// <summary>The state after a person's step; null when the state does not allow it.</summary>
    /// <param name="from">The state before.</param>
    /// <param name="step">The state that the person wants: acknowledged or dismissed.</param>
    public static AlertState? After(AlertState from, AlertState step) => (from, step) switch
    {
        (AlertState.Open, AlertState.Acknowledged) => AlertState.Acknowledged,
        (AlertState.Open or AlertState.Acknowledged, AlertState.Dismissed) => AlertState.Dismissed,
        _ => null,
    };

    /// <summary>The steps that a state allows, by their names in the API.</summary>
    public static IReadOnlyList<string> StepsFrom(AlertState from) =>
        [.. Steps.Where(step => After(from, step.To) is not null).Select(step => step.Name)];
}

/// <summary>When a message is sent again. Pure.</summary>
internal static class RetryRule
{
    /// <summary>How long to wait after so many failures, in milliseconds; null when the message is dead.</summary>
    public static long? WaitMs(int failures, RetryOptions options) => failures >= options.Attempts
        ? null
        : Math.Min(options.MostSeconds, (long)options.FirstSeconds << Math.Min(failures - 1, 20)) * 1_000;
}
