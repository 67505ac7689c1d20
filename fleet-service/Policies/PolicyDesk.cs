using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Policies;

/// <summary>
/// Changes of the policies by people: each is one transaction together with its audit row, and the book in force is
/// swapped after the commit. Thread-safe.
/// </summary>
internal sealed class PolicyDesk(
    FleetDatabase database, BusinessZone zone, CurrentPolicies current, TimeProvider time, ILogger<PolicyDesk> log)
{
    /// <summary>The present business day.</summary>
    public DateOnly Today => zone.DayOf(NowUtcMs);

    private long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Makes a policy, or a new version of one.</summary>
    /// <param name="wanted">The policy, checked alone; its version is given here.</param>
    /// <param name="replaces">The id of the policy that ends on its first day, or null.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<PolicyOutcome> MakeAsync(Policy wanted, string? replaces, string actor, CancellationToken ct)
    {
        var (outcome, next) = await database.WriteAsync(
            (connection, _) =>
            {
                var outcome = PolicyRule.Make(PolicyStore.ReadBook(connection), wanted, replaces, Today);
                if (outcome is PolicyOutcome.Made made)
                {
                    var reason = $"replaced by {made.Policy.Id} {made.Policy.Version}";
                    PolicyStore.WriteEnds(connection, made.Ends, reason, (NowUtcMs, actor));
                    PolicyStore.Write(connection, made.Policy, PolicyOrigin.Made, (NowUtcMs, actor));
                }

                return (outcome, PolicyStore.ReadBook(connection));
            },
            ct);
        current.Replace(next);
        if (outcome is PolicyOutcome.Made made)
        {
            PoliciesLog.Made(log, made.Policy.Id, made.Policy.Version, PolicyJson.Day(made.Policy.From)!, actor);
        }

        return outcome;
    }

    /// <summary>Ends a policy.</summary>
    /// <param name="policyId">The policy.</param>
    /// <param name="to">The first business day no longer in force.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<PolicyOutcome> EndAsync(
        string policyId, DateOnly to, string reason, string actor, CancellationToken ct)
    {
        var (outcome, next) = await database.WriteAsync(
            (connection, _) =>
            {
                var outcome = PolicyRule.End(PolicyStore.ReadBook(connection), policyId, to, Today);
                if (outcome is PolicyOutcome.Ended ended)
                {
                    PolicyStore.WriteEnds(connection, ended.Ends, reason, (NowUtcMs, actor));
                }

                return (outcome, PolicyStore.ReadBook(connection));
            },
            ct);
        current.Replace(next);
        if (outcome is PolicyOutcome.Ended)
        {
            PoliciesLog.Ended(log, policyId, PolicyJson.Day(to)!, actor);
        }

        return outcome;
    }

    /// <summary>Reads the policies again: after a change that another process made.</summary>
    public void Reload()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        current.Replace(PolicyStore.ReadBook(connection));
    }

    /// <summary>All policies with their story; of equally specific ones the earlier wins.</summary>
    public IReadOnlyList<PolicyRecord> Records()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        return PolicyStore.Read(connection).Records;
    }

    /// <summary>Operator and county of a cabinet as a business day begins; null when nobody knows it.</summary>
    public PolicySubject? SubjectOf(string cabinetId, DateOnly day)
    {
        using var connection = database.OpenReader();
        var at = day == Today ? NowUtcMs : zone.StartOfUtcMs(day);
        return PolicyStore.SubjectOf(connection, cabinetId, at);
    }
}
