using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What became of a step of a withdrawal. A closed set.</summary>
internal abstract record WithdrawalOutcome
{
    private WithdrawalOutcome()
    {
    }

    /// <summary>It is taken.</summary>
    public sealed record Done(Withdrawal Withdrawal) : WithdrawalOutcome;

    /// <summary>There is no bill of this number.</summary>
    public sealed record Unknown : WithdrawalOutcome;

    /// <summary>No reason, one that is too long, or one that nobody can read.</summary>
    public sealed record BadReason : WithdrawalOutcome;

    /// <summary>The state does not allow the step.</summary>
    /// <param name="State">The state; null where no withdrawal was proposed.</param>
    /// <param name="Allowed">The states that may follow.</param>
    public sealed record Illegal(WithdrawalState? State, IReadOnlyList<WithdrawalState> Allowed) : WithdrawalOutcome;

    /// <summary>Who proposed it cannot approve it.</summary>
    public sealed record SecondPersonNeeded(string ProposedBy) : WithdrawalOutcome;
}

/// <summary>Which steps a withdrawal allows: a table. Pure.</summary>
internal static class WithdrawalRule
{
    /// <summary>The states that may follow a state; null stands for a bill without a withdrawal.</summary>
    public static IReadOnlyList<WithdrawalState> AllowedFrom(WithdrawalState? state) => state switch
    {
        null => [WithdrawalState.Proposed],
        WithdrawalState.Proposed => [WithdrawalState.Approved, WithdrawalState.Rejected],

        // Approved once more it goes on where it broke off.
        WithdrawalState.Approved => [WithdrawalState.Approved],
        WithdrawalState.Rejected => [WithdrawalState.Proposed],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>What stands against a step, or null.</summary>
    public static WithdrawalOutcome? Refusal(Withdrawal? standing, WithdrawalState to, string by)
    {
        var allowed = AllowedFrom(standing?.State);
        return !allowed.Contains(to) ? new WithdrawalOutcome.Illegal(standing?.State, allowed)
            : to == WithdrawalState.Approved && standing!.ProposedBy == by
                ? new WithdrawalOutcome.SecondPersonNeeded(standing.ProposedBy)
            : null;
    }
}

/// <summary>
/// Takes bills back that were brought for the wrong operator or day: one person proposes with a reason, another
/// approves. The bill and its lines are kept; they count no more, and what they touched is matched again. Each step is
/// in the audit log. Thread-safe; it takes its turn with the imports.
/// </summary>
internal sealed class WithdrawalDesk(FleetDatabase database, BillTurn turn, ReconciliationClock clock)
{
    /// <summary>Takes a step.</summary>
    /// <param name="billId">The bill.</param>
    /// <param name="to">Proposed, approved or rejected.</param>
    /// <param name="reason">Why; needed unless it is approved.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Given up between two transactions; approving again goes on.</param>
    public async Task<WithdrawalOutcome> TakeAsync(
        long billId, WithdrawalState to, string? reason, string by, CancellationToken cancellationToken)
    {
        reason = reason?.Trim() ?? "";
        if ((reason.Length == 0 && to != WithdrawalState.Approved)
            || reason.Length > ReconciliationLimits.MaxReasonLength || reason.Any(c => char.IsControl(c) && c != '\n'))
        {
            return new WithdrawalOutcome.BadReason();
        }

        using var entered = await turn.EnterAsync(cancellationToken);
        var outcome = await database.WriteAsync(
            (connection, _) =>
            {
                using var table = new WithdrawalTable(connection);
                var (taken, audit) = Take(table, billId, to, (by, reason));
                if (audit is not null)
                {
                    AuditLog.Write(connection, audit);
                }

                return taken;
            },
            cancellationToken);
        while (outcome is WithdrawalOutcome.Done && to == WithdrawalState.Approved
            && await PutApartAsync(billId, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return outcome;
    }

    private (WithdrawalOutcome Outcome, AuditEntry? Audit) Take(
        WithdrawalTable table, long billId, WithdrawalState to, (string By, string Why) step)
    {
        if (!table.HasBill(billId))
        {
            return (new WithdrawalOutcome.Unknown(), null);
        }

        var standing = table.Standing(billId);
        if (WithdrawalRule.Refusal(standing, to, step.By) is { } refusal)
        {
            return (refusal, null);
        }

        var now = clock.NowUtcMs;
        if (standing is null)
        {
            table.Propose(billId, step.Why, step.By, now);
        }
        else if (standing.State == WithdrawalState.Proposed)
        {
            table.Decide(standing, to, step, now);
        }
        else
        {
            return (new WithdrawalOutcome.Done(standing), null);
        }

        return (
            new WithdrawalOutcome.Done(table.Standing(billId)
                ?? standing! with { State = to, DecidedBy = step.By, DecidedUtcMs = now }),
            new AuditEntry(now, step.By, $"bill.withdrawal{to}", $"bill:{billId}",
                standing is null ? null : new { standing.State, standing.ProposedBy },
                new { State = to, Reason = step.Why }));
    }

    private Task<bool> PutApartAsync(long billId, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            using var table = new WithdrawalTable(connection);
            using var matches = new MatchStore(connection);
            var more = table.PutApart(billId, ReconciliationLimits.RowsPerTransaction, matches);
            matches.Settle();
            using var billed = new BilledDaysTable(connection);
            billed.NoteBill(billId);
            return more;
        },
        cancellationToken);
}
