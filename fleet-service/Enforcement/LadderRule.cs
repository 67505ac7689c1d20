using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Enforcement;

/// <summary>The rungs of the ladder, from the lowest. Their names are stored and are the API's words.</summary>
internal enum Rung
{
    /// <summary>The share is looked at.</summary>
    Observing,

    /// <summary>The operator is warned, and the cabinet warns on its screen.</summary>
    Warned,

    /// <summary>A restriction is decided and announced; it acts when the notice has run out.</summary>
    Announced,

    /// <summary>The cabinet's gate refuses ordinary vends beyond headroom and allowance.</summary>
    Restricted,
}

/// <summary>What a standing says to the ladder.</summary>
internal enum ShareSignal
{
    /// <summary>Too little was sold to say anything: nothing climbs, nothing is lifted, no day counts.</summary>
    NoData,

    /// <summary>The share is below the threshold.</summary>
    Breach,

    /// <summary>The share is above the threshold, but not by the hysteresis: what is restricted stays so.</summary>
    Between,

    /// <summary>The share is above the threshold by the hysteresis.</summary>
    Recovered,
}

/// <summary>Why a cabinet changed its rung. The names are stored and are the API's words.</summary>
internal enum LadderReason
{
    /// <summary>The policy in force allows no higher rung.</summary>
    PolicyLowered,

    /// <summary>The share fell below the threshold.</summary>
    BreachBegan,

    /// <summary>The breach lasted for the policy's days.</summary>
    BreachLasted,

    /// <summary>The announced notice ran out.</summary>
    NoticeRanOut,

    /// <summary>The share came above the threshold by the hysteresis.</summary>
    Recovered,

    /// <summary>The share was met again before the announced restriction acted.</summary>
    BreachEnded,

    /// <summary>Another operator has the cabinet: it begins anew, whatever the rung of the one before.</summary>
    OperatorChanged,
}

/// <summary>Where a cabinet stands on the ladder.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="SinceUtcMs">Since when, Unix milliseconds UTC.</param>
/// <param name="BreachDays">
/// Business days seen in breach since the share was last met. A day without data, without service or under an exemption
/// says nothing: it does not count and does not break the row.
/// </param>
/// <param name="LastBreachDay">The last of them.</param>
/// <param name="ActsFromUtcMs">From when a restriction acts, Unix milliseconds UTC; null below Announced.</param>
internal sealed record LadderState(
    Rung Rung, long SinceUtcMs, int BreachDays, DateOnly? LastBreachDay, long? ActsFromUtcMs)
{
    /// <summary>A cabinet that was never looked at, or not under its present operator.</summary>
    public static LadderState Start(long nowUtcMs) => new(Rung.Observing, nowUtcMs, 0, null, null);
}

/// <summary>What the ladder looks at.</summary>
/// <param name="Terms">The policy's terms; its mode is the highest rung.</param>
/// <param name="Signal">What the standing says.</param>
/// <param name="IsExempt">True while somebody exempted the cabinet: it does not climb.</param>
/// <param name="Today">The present business day.</param>
/// <param name="NowUtcMs">Now, Unix milliseconds UTC.</param>
/// <param name="ActsFromUtcMs">When a restriction decided now acts, see <see cref="LadderRule.ActsFromUtcMs"/>.</param>
internal sealed record LadderInput(
    EnforcementTerms Terms, ShareSignal Signal, bool IsExempt, DateOnly Today, long NowUtcMs, long ActsFromUtcMs);

/// <summary>A change of the rung.</summary>
internal sealed record LadderStep(Rung From, Rung To, LadderReason Reason);

/// <summary>
/// The ladder observe → warn → restrict as a table. A restriction is decided after the policy's days in breach,
/// announced, acts when the notice has run out and the breach still stands, and is lifted when the share is above the
/// threshold by the hysteresis: a share that wavers around the threshold moves nothing. Pure.
/// </summary>
internal static class LadderRule
{
    /// <summary>The legal changes.</summary>
    public static readonly IReadOnlyDictionary<(Rung From, LadderReason Reason), Rung> Table =
        new Dictionary<(Rung, LadderReason), Rung>
        {
            [(Rung.Observing, LadderReason.BreachBegan)] = Rung.Warned,
            [(Rung.Warned, LadderReason.BreachLasted)] = Rung.Announced,
            [(Rung.Announced, LadderReason.NoticeRanOut)] = Rung.Restricted,
            [(Rung.Announced, LadderReason.BreachEnded)] = Rung.Warned,
            [(Rung.Warned, LadderReason.Recovered)] = Rung.Observing,
            [(Rung.Announced, LadderReason.Recovered)] = Rung.Observing,
            [(Rung.Restricted, LadderReason.Recovered)] = Rung.Observing,
            [(Rung.Restricted, LadderReason.PolicyLowered)] = Rung.Warned,
            [(Rung.Announced, LadderReason.PolicyLowered)] = Rung.Warned,
            [(Rung.Warned, LadderReason.PolicyLowered)] = Rung.Observing,
        };

    /// <summary>Goes as far as the input allows; the steps are in their order.</summary>
    public static (LadderState Next, IReadOnlyList<LadderStep> Steps) Next(LadderState state, LadderInput input)
    {
        var steps = new List<LadderStep>();
        var at = CountDay(state, input);
        while (Reason(at, input) is { } reason)
        {
            var to = Table[(at.Rung, reason)];
            steps.Add(new LadderStep(at.Rung, to, reason));
            at = at with
            {
                Rung = to,
                SinceUtcMs = input.NowUtcMs,
                ActsFromUtcMs = to == Rung.Announced ? input.ActsFromUtcMs
                    : to == Rung.Restricted ? at.ActsFromUtcMs
                    : null,
            };
        }

        return (at, steps);
    }

    /// <summary>
    /// When a restriction that is decided now acts, Unix milliseconds UTC: the beginning of the day behind the whole
    /// days of notice, which begin with the day after the decision; without notice at once.
    /// </summary>
    public static long ActsFromUtcMs(EnforcementTerms terms, CheckMoment moment, BusinessZone zone) =>
        terms.NoticeDays == 0 ? moment.NowUtcMs : zone.StartOfUtcMs(moment.Today.AddDays(terms.NoticeDays + 1));

    private static LadderState CountDay(LadderState state, LadderInput input) => input.Signal switch
    {
        ShareSignal.Between or ShareSignal.Recovered => state with { BreachDays = 0, LastBreachDay = null },
        ShareSignal.Breach when !input.IsExempt && state.LastBreachDay != input.Today =>
            state with { BreachDays = state.BreachDays + 1, LastBreachDay = input.Today },
        _ => state,
    };

    private static LadderReason? Reason(LadderState at, LadderInput input)
    {
        if (at.Rung > Highest(input.Terms.Mode))
        {
            return LadderReason.PolicyLowered;
        }

        if (input.Signal == ShareSignal.Recovered && at.Rung != Rung.Observing)
        {
            return LadderReason.Recovered;
        }

        var mayClimb = !input.IsExempt && at.Rung < Highest(input.Terms.Mode);
        return at.Rung switch
        {
            Rung.Observing when mayClimb && input.Signal == ShareSignal.Breach => LadderReason.BreachBegan,
            Rung.Warned when mayClimb && input.Signal == ShareSignal.Breach
                && at.BreachDays >= input.Terms.BreachDays => LadderReason.BreachLasted,
            Rung.Announced when input.Signal == ShareSignal.Between => LadderReason.BreachEnded,
            Rung.Announced when mayClimb && input.Signal == ShareSignal.Breach
                && input.NowUtcMs >= at.ActsFromUtcMs => LadderReason.NoticeRanOut,
            _ => null,
        };
    }

    private static Rung Highest(PolicyMode mode) => mode switch
    {
        PolicyMode.Observe => Rung.Observing,
        PolicyMode.Warn => Rung.Warned,
        PolicyMode.Restrict => Rung.Restricted,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "is no mode."),
    };
}
