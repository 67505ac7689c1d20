using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// The tables of exemptions and essential SKUs. Every change is one transaction with its audit row. Thread-safe.
/// </summary>
internal sealed class ExemptionStore(FleetDatabase database, TimeProvider time)
{
    private const string Exemptions = """
        SELECT exemption_id, scope, subject, reason, author, from_utc_ms, until_utc_ms, ended_utc_ms, ended_by
        FROM enforcement_exemptions
        """;

    private const string Essentials = """
        SELECT essential_id, county_code, operator_id, sku, reason, author, from_utc_ms, until_utc_ms, ended_utc_ms,
               ended_by FROM essential_skus
        """;

    /// <summary>What holds at a moment.</summary>
    public ExemptionsInForce InForce(long nowUtcMs) => new(
        [.. ReadExemptions().Where(e => e.HoldsAt(nowUtcMs))], [.. ReadEssentials().Where(e => e.HoldsAt(nowUtcMs))]);

    /// <summary>All exemptions, newest first.</summary>
    public IReadOnlyList<Exemption> ReadExemptions() =>
        Read($"{Exemptions} ORDER BY exemption_id DESC", row => new Exemption(
            row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Long(5), row.Long(6),
            row.LongOrNull(7), row.IsNull(8) ? null : row.Text(8)));

    /// <summary>All essential SKUs, newest first.</summary>
    public IReadOnlyList<EssentialSku> ReadEssentials() =>
        Read($"{Essentials} ORDER BY essential_id DESC", row => new EssentialSku(
            row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Long(6),
            row.LongOrNull(7), row.LongOrNull(8), row.IsNull(9) ? null : row.Text(9)));

    /// <summary>Adds an exemption.</summary>
    public Task<Exemption> AddAsync(Exemption wanted, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            using var insert = connection.Prepare("""
                INSERT INTO enforcement_exemptions (scope, subject, reason, author, from_utc_ms, until_utc_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING exemption_id
                """);
            insert.Set(1, wanted.Scope).Set(2, wanted.Subject).Set(3, wanted.Reason).Set(4, wanted.Author)
                .Set(5, wanted.FromUtcMs).Set(6, wanted.UntilUtcMs).Next();
            var added = wanted with { ExemptionId = insert.Long(0) };
            insert.Reset();
            Audit(connection, wanted.Author, "enforcement.exempted", $"{wanted.Scope}:{wanted.Subject}", null, added);
            return added;
        },
        cancellationToken);

    /// <summary>Adds an essential SKU.</summary>
    public Task<EssentialSku> AddAsync(EssentialSku wanted, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, _) =>
            {
                using var insert = connection.Prepare("""
                    INSERT INTO essential_skus
                      (county_code, operator_id, sku, reason, author, from_utc_ms, until_utc_ms)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING essential_id
                    """);
                insert.Set(1, wanted.CountyCode).Set(2, wanted.OperatorId).Set(3, wanted.Sku).Set(4, wanted.Reason)
                    .Set(5, wanted.Author).Set(6, wanted.FromUtcMs).Set(7, wanted.UntilUtcMs).Next();
                var added = wanted with { EssentialId = insert.Long(0) };
                insert.Reset();
                Audit(connection, wanted.Author, "enforcement.essential", $"sku:{wanted.Sku}", null, added);
                return added;
            },
            cancellationToken);

    /// <summary>Ends an exemption now; null when there is none, unchanged when it had ended before.</summary>
    public Task<Exemption?> EndExemptionAsync(long id, string actor, CancellationToken cancellationToken) =>
        EndAsync("enforcement_exemptions", "exemption_id", id, actor,
            () => ReadExemptions().FirstOrDefault(e => e.ExemptionId == id),
            e => $"{e.Scope}:{e.Subject}", cancellationToken);

    /// <summary>Ends an essential SKU now; null when there is none, unchanged when it had ended before.</summary>
    public Task<EssentialSku?> EndEssentialAsync(long id, string actor, CancellationToken cancellationToken) =>
        EndAsync("essential_skus", "essential_id", id, actor,
            () => ReadEssentials().FirstOrDefault(e => e.EssentialId == id), e => $"sku:{e.Sku}", cancellationToken);

    private async Task<T?> EndAsync<T>(
        string table, string key, long id, string actor, Func<T?> read, Func<T, string> subject,
        CancellationToken cancellationToken)
        where T : class
    {
        if (read() is not { } before)
        {
            return null;
        }

        await database.WriteAsync(
            (connection, _) =>
            {
                using var update = connection.Prepare($"""
                    UPDATE {table} SET ended_utc_ms = ?2, ended_by = ?3 WHERE {key} = ?1 AND ended_utc_ms IS NULL
                    """);
                if (update.Set(1, id).Set(2, Now()).Set(3, actor).Run() > 0)
                {
                    Audit(connection, actor, "enforcement.ended", subject(before), before, new { endedBy = actor });
                }

                return true;
            },
            cancellationToken);
        return read();
    }

    private List<T> Read<T>(string sql, Func<Statement, T> row)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(sql);
        var rows = new List<T>();
        while (query.Next())
        {
            rows.Add(row(query));
        }

        return rows;
    }

    private void Audit(
        FleetConnection connection, string actor, string action, string subject, object? before, object? after) =>
        AuditLog.Write(connection, new AuditEntry(Now(), actor, action, subject, before, after));

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
