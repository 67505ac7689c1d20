using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Policies;

/// <summary>
/// Changes of the policies by people: each is one transaction together with its audit row, and the book in force is
/// swapped after the commit. Thread-safe.
/// </summary>
internal sealed class PolicyDesk(
    FleetDatabase database, PlacesDataSet places, CurrentPolicies current, TimeProvider time, ILogger<PolicyDesk> log)
{
    /// <summary>The present business day.</summary>
    public DateOnly Today => places.Zone.DayOf(NowUtcMs);

    private long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Makes a policy, or a new version of one.</summary>
    /// <param name="wanted">The policy, checked alone; its version is given here.</param>
    /// <param name="replaces">The id of the policy that ends on its first day, or null.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<PolicyOutcome> MakeAsync(Policy wanted, string? replaces, string actor, CancellationToken ct)
    {
        var outcome = await ChangeAsync(
            book => PolicyRule.Make(book, wanted, replaces, Today),
            (connection, outcome, now) =>
            {
                if (outcome is PolicyOutcome.Made made)
                {
                    Write(connection, made.Ends, $"replaced by {made.Policy.Id} {made.Policy.Version}", (now, actor));
                    PolicyStore.Insert(connection, made.Policy, now, actor);
                    AuditLog.Write(connection, new AuditEntry(
                        now, actor, "policy.made", $"policy:{made.Policy.Id}", null, PolicyJson.Write(made.Policy)));
                }
            },
            ct);
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
        var outcome = await ChangeAsync(
            book => PolicyRule.End(book, policyId, to, Today),
            (connection, outcome, now) =>
            {
                if (outcome is PolicyOutcome.Ended ended)
                {
                    Write(connection, ended.Ends, reason, (now, actor));
                }
            },
            ct);
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
        using var moment = connection.BeginTransaction(deferred: true);
        current.Replace(Read(connection));
    }

    /// <summary>All policies with their story; of equally specific ones the earlier wins.</summary>
    public IReadOnlyList<PolicyRecord> Records()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        return PolicyStore.Read(connection, places.Policies).Records;
    }

    /// <summary>Operator and county of a cabinet on a business day, at its beginning; null when nobody knows it.</summary>
    public PolicySubject? SubjectOf(string cabinetId, DateOnly day)
    {
        using var connection = database.OpenReader();
        var at = day == Today ? NowUtcMs : places.Zone.StartOfUtcMs(day);
        return PolicyStore.SubjectOf(connection, cabinetId, at);
    }

    private async Task<PolicyOutcome> ChangeAsync(
        Func<PolicyBook, PolicyOutcome> decide, Action<SqliteConnection, PolicyOutcome, long> write, CancellationToken ct)
    {
        var (outcome, book) = await database.WriteAsync(
            (connection, _) =>
            {
                var outcome = decide(Read(connection));
                write(connection, outcome, NowUtcMs);
                return (outcome, Read(connection));
            },
            ct);
        current.Replace(book);
        return outcome;
    }

    private static void Write(
        SqliteConnection connection, IReadOnlyList<PolicyEnd> ends, string reason, (long UtcMs, string By) made)
    {
        foreach (var end in ends)
        {
            var decision = new PolicyEnding(end.To, reason, made.UtcMs, made.By);
            PolicyStore.Insert(connection, end, decision);
            AuditLog.Write(connection, new AuditEntry(
                made.UtcMs, made.By, "policy.ended", $"policy:{end.Policy.Id}",
                new { end.Policy.Version, to = PolicyJson.Day(end.Policy.To) },
                new { end.Policy.Version, to = PolicyJson.Day(end.To), reason }));
        }
    }

    private PolicyBook Read(SqliteConnection connection) => PolicyStore.ReadBook(connection, places.Policies);
}
