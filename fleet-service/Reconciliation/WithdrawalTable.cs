using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>How far a withdrawal has come. The names are stored and are the API's words.</summary>
internal enum WithdrawalState
{
    /// <summary>It waits for another person.</summary>
    Proposed,

    /// <summary>Another person approved it: the bill counts no more.</summary>
    Approved,

    /// <summary>Another person refused it, or who proposed it took it back.</summary>
    Rejected,
}

/// <summary>The withdrawal of a bill. Immutable.</summary>
/// <param name="WithdrawalId">Its number.</param>
/// <param name="BillId">The bill.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Reason">Why.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedUtcMs">When, Unix milliseconds UTC.</param>
internal sealed record Withdrawal(
    long WithdrawalId, long BillId, WithdrawalState State, string Reason, string ProposedBy, long ProposedUtcMs)
{
    /// <summary>Who approved it, or null.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When, Unix milliseconds UTC.</summary>
    public long? DecidedUtcMs { get; init; }

    /// <summary>As the interface shows it.</summary>
    public WithdrawalShown Show() => new(
        State, Reason, ProposedBy, Utc(ProposedUtcMs), DecidedBy, DecidedUtcMs is { } utcMs ? Utc(utcMs) : null);

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;
}

/// <summary>A withdrawal as the interface shows it.</summary>
internal sealed record WithdrawalShown(
    WithdrawalState State, string Reason, string ProposedBy, DateTime ProposedUtc, string? ApprovedBy,
    DateTime? ApprovedUtc);

/// <summary>
/// The withdrawals of bills, and the lines that are kept apart with them. Belongs to one connection.
/// </summary>
internal sealed class WithdrawalTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _standing = connection.Prepare("""
        SELECT withdrawal_id, bill_id, state, reason, proposed_by, proposed_utc_ms, decided_by, decided_utc_ms
        FROM bill_withdrawals WHERE bill_id = ?1 AND state <> 'Rejected'
        """);

    private readonly Statement _lines = connection.Prepare("""
        SELECT provider, kind, transaction_number, refund_number, operator_id, merchant_order_number FROM bill_lines
        WHERE bill_id = ?1 LIMIT ?2
        """);

    private readonly Statement _keep = connection.Prepare("""
        INSERT INTO withdrawn_bill_lines (bill_id, line, kind, transaction_number, refund_number, merchant_order_number,
                                          merchant_refund_number, amount_fen, at_utc_ms, terminal, buyer)
        SELECT bill_id, line, kind, transaction_number, refund_number, merchant_order_number, merchant_refund_number,
               amount_fen, at_utc_ms, terminal, buyer
        FROM bill_lines WHERE provider = ?1 AND kind = ?2 AND transaction_number = ?3 AND refund_number = ?4
        """);

    private readonly Statement _remove = connection.Prepare("""
        DELETE FROM bill_lines WHERE provider = ?1 AND kind = ?2 AND transaction_number = ?3 AND refund_number = ?4
        """);

    /// <summary>The withdrawal of a bill that was proposed or approved; null when there is none.</summary>
    public Withdrawal? Standing(long billId)
    {
        _standing.Set(1, billId);
        var found = _standing.Next()
            ? new Withdrawal(_standing.Long(0), _standing.Long(1), Enum.Parse<WithdrawalState>(_standing.Text(2)),
                _standing.Text(3), _standing.Text(4), _standing.Long(5))
            {
                DecidedBy = _standing.IsNull(6) ? null : _standing.Text(6),
                DecidedUtcMs = _standing.LongOrNull(7),
            }
            : null;
        _standing.Reset();
        return found;
    }

    /// <summary>True when there is a bill of this number that was imported to its end.</summary>
    public bool HasBill(long billId)
    {
        using var query = connection.Prepare("SELECT 1 FROM bills WHERE bill_id = ?1 AND finished_utc_ms IS NOT NULL");
        return query.Set(1, billId).Next();
    }

    /// <summary>Adds a proposal.</summary>
    public void Propose(long billId, string reason, string by, long nowUtcMs)
    {
        using var insert = connection.Prepare("""
            INSERT INTO bill_withdrawals (bill_id, state, reason, proposed_by, proposed_utc_ms)
            VALUES (?1, 'Proposed', ?2, ?3, ?4)
            """);
        insert.Set(1, billId).Set(2, reason).Set(3, by).Set(4, nowUtcMs).Run();
    }

    /// <summary>Decides a proposal; an approved one takes the bill's day its completeness at once.</summary>
    public void Decide(Withdrawal withdrawal, WithdrawalState to, (string By, string Why) decision, long nowUtcMs)
    {
        using var decide = connection.Prepare("""
            UPDATE bill_withdrawals SET state = ?2, decided_by = ?3, decided_utc_ms = ?4, decision_reason = ?5
            WHERE withdrawal_id = ?1
            """);
        decide.Set(1, withdrawal.WithdrawalId).Set(2, to.ToString()).Set(3, decision.By).Set(4, nowUtcMs)
            .Set(5, decision.Why).Run();
        if (to == WithdrawalState.Approved)
        {
            using var withdraw = connection.Prepare("UPDATE bills SET withdrawn_utc_ms = ?2 WHERE bill_id = ?1");
            withdraw.Set(1, withdrawal.BillId).Set(2, nowUtcMs).Run();

            // Another file of the day may have said the same, and its lines were not written twice: it has to come
            // again before its day is complete.
            using var doubt = connection.Prepare("""
                UPDATE bills SET complete = 0 WHERE rows_known > 0 AND bill_id <> ?1
                  AND (provider, operator_id, day) = (SELECT provider, operator_id, day FROM bills WHERE bill_id = ?1)
                """);
            doubt.Set(1, withdrawal.BillId).Run();
        }
    }

    /// <summary>Puts some lines of a bill apart, and says so to the matching; false when none was left.</summary>
    public bool PutApart(long billId, int count, MatchStore matches)
    {
        var some = new List<(string[] Key, string OperatorId, string Order)>();
        _lines.Set(1, billId).Set(2, (long)count);
        while (_lines.Next())
        {
            some.Add((
                [_lines.Text(0), _lines.Text(1), _lines.Text(2), _lines.Text(3)], _lines.Text(4), _lines.Text(5)));
        }

        _lines.Reset();
        foreach (var (key, operatorId, order) in some)
        {
            foreach (var statement in new[] { _keep, _remove })
            {
                statement.Set(1, key[0]).Set(2, key[1]).Set(3, key[2]).Set(4, key[3]).Run();
            }

            matches.TouchRemoved(BillProviders.Parse(key[0])!.Value, key[2], operatorId, order);
        }

        return some.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _standing.Dispose();
        _lines.Dispose();
        _keep.Dispose();
        _remove.Dispose();
    }
}
