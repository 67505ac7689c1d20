using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>
/// Decides about changes of the policies. A change acts from its date on and never rewrites past standings: a first
/// day, an end and a threshold step are today or later. Pure: the book and today's business day come from the caller.
/// </summary>
internal static class PolicyRule
{
    /// <summary>Takes a wanted policy in, or says what stands against it.</summary>
    /// <param name="book">The policies as they are now.</param>
    /// <param name="wanted">The policy; its version is given here.</param>
    /// <param name="replaces">The id of the policy that ends on the new one's first day, or null.</param>
    /// <param name="today">The present business day.</param>
    public static PolicyOutcome Make(PolicyBook book, Policy wanted, string? replaces, DateOnly today)
    {
        if (book.All.Length >= PolicyLimits.MaxPolicies)
        {
            return new PolicyOutcome.TooMany();
        }

        var findings = Dates(wanted, today).ToList();
        var versions = book.All.Where(p => p.Id == wanted.Id).ToList();
        if (versions.FirstOrDefault(p => !p.IsForTheSame(wanted)) is { } other)
        {
            findings.Add(new DataSetFinding("$.id", $"'{wanted.Id}'",
                PolicyTexts.Of("AnotherId", other.VenueKind, Scope(other))));
        }

        var ends = replaces is null ? [] : Ends(book, replaces, wanted, findings);
        if (findings.Count > 0)
        {
            return new PolicyOutcome.Invalid(findings);
        }

        var ended = ends.Select(e => e.Policy).ToHashSet(ReferenceEqualityComparer.Instance);
        if (book.All.FirstOrDefault(p => !ended.Contains(p) && p.Overlaps(wanted)) is { } there)
        {
            return new PolicyOutcome.Overlaps(wanted, there);
        }

        var version = versions.Select(p => p.Version).DefaultIfEmpty(0).Max() + 1;
        return new PolicyOutcome.Made(wanted with { Version = version }, ends);
    }

    /// <summary>Ends a policy: every version that would be in force on the day or later.</summary>
    /// <param name="book">The policies as they are now.</param>
    /// <param name="policyId">The policy.</param>
    /// <param name="to">The first business day no longer in force.</param>
    /// <param name="today">The present business day.</param>
    public static PolicyOutcome End(PolicyBook book, string policyId, DateOnly to, DateOnly today)
    {
        var versions = book.All.Where(p => p.Id == policyId).OrderBy(p => p.Version).ToList();
        if (versions.Count == 0)
        {
            return new PolicyOutcome.Unknown(policyId);
        }

        if (to < today)
        {
            return new PolicyOutcome.Invalid([new DataSetFinding("$.to", Day(to), FromTodayOn(today))]);
        }

        var ends = versions.Where(p => !(p.To <= to)).Select(p => EndOn(p, to)).ToList();
        if (ends.Count > 0)
        {
            return new PolicyOutcome.Ended(ends);
        }

        var state = PolicyStates.On(versions[^1], to);
        return new PolicyOutcome.IllegalState(versions[^1], state, PolicyStates.AllowedFrom(state));
    }

    /// <summary>A whole city restricted at once is nobody's decision: it is each county's own.</summary>
    public static DataSetFinding? RestrictScope(Policy policy) =>
        policy.Enforcement.Mode == PolicyMode.Restrict && policy.Scope.Kind == ScopeKind.City
            ? new DataSetFinding("$.enforcement.mode", "'restrict' for the whole city",
                PolicyTexts.Of("RestrictScope"))
            : null;

    private static IEnumerable<DataSetFinding> Dates(Policy wanted, DateOnly today)
    {
        if (wanted.From is not { } from || from < today)
        {
            yield return new DataSetFinding(
                "$.from", wanted.From is { } got ? Day(got) : "null", FromTodayOn(today));
        }

        if (wanted.To <= today)
        {
            yield return new DataSetFinding("$.to", Day(wanted.To.Value), DataSetTexts.Of("DayAfter", Day(today)));
        }

        for (var i = 0; i < wanted.Threshold.Steps.Length; i++)
        {
            if (wanted.Threshold.Steps[i].From < today)
            {
                yield return new DataSetFinding(
                    $"$.thresholdSteps[{i}].from", Day(wanted.Threshold.Steps[i].From), FromTodayOn(today));
            }
        }
    }

    private static List<PolicyEnd> Ends(
        PolicyBook book, string replaces, Policy wanted, List<DataSetFinding> findings)
    {
        var ends = book.All
            .Where(p => p.Id == replaces && p.Overlaps(wanted))
            .Select(p => EndOn(p, wanted.From ?? DateOnly.MaxValue))
            .ToList();
        if (ends.Count == 0)
        {
            findings.Add(new DataSetFinding("$.replaces", $"'{replaces}'",
                PolicyTexts.Of("Replaced", wanted.VenueKind, Scope(wanted))));
        }

        return ends;
    }

    private static PolicyEnd EndOn(Policy policy, DateOnly day) =>
        new(policy, policy.From is { } from && from > day ? from : day);

    private static Bilingual FromTodayOn(DateOnly today) => PolicyTexts.Of("FromTodayOn", Day(today));

    private static string Scope(Policy policy) => $"{PolicyJson.Name(policy.Scope.Kind)} {policy.Scope.Id}";

    private static string Day(DateOnly day) => PolicyJson.Day(day)!;
}
