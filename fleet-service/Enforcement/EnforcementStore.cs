using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>The tables of ladder, history and configs. Thread-safe.</summary>
internal sealed class EnforcementStore(FleetDatabase database)
{
    private const string StateColumns = """
        cabinet_id, operator_id, count_from_utc_ms, rung, since_utc_ms, breach_days, last_breach_day, acts_from_utc_ms,
        wanted_version, frame, sent_utc_ms, credit_fen, credit_window, credit_day
        """;

    /// <summary>All states by cabinet.</summary>
    public IReadOnlyDictionary<string, EnforcementState> ReadStates()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"SELECT {StateColumns} FROM enforcement_states");
        var states = new Dictionary<string, EnforcementState>(StringComparer.Ordinal);
        while (query.Next())
        {
            states[query.Text(0)] = State(query);
        }

        return states;
    }

    /// <summary>The state of one cabinet, or null.</summary>
    public EnforcementState? ReadState(string cabinetId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"SELECT {StateColumns} FROM enforcement_states WHERE cabinet_id = ?1");
        query.Set(1, cabinetId);
        return query.Next() ? State(query) : null;
    }

    /// <summary>The bytes of a config that is kept, or null.</summary>
    public byte[]? ReadConfig(string cabinetId, string version)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT payload FROM enforcement_configs WHERE cabinet_id = ?1 AND version = ?2
            ORDER BY config_id DESC LIMIT 1
            """);
        query.Set(1, cabinetId).Set(2, version);
        return query.Next() ? query.Bytes(0).ToArray() : null;
    }

    /// <summary>Cabinets whose wanted config did not reach the broker yet.</summary>
    public IReadOnlyList<string> ReadUnsent()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT cabinet_id FROM enforcement_states WHERE sent_utc_ms IS NULL AND wanted_version <> ''
            """);
        var cabinets = new List<string>();
        while (query.Next())
        {
            cabinets.Add(query.Text(0));
        }

        return cabinets;
    }

    /// <summary>Writes changes, some cabinets in one transaction.</summary>
    public async Task WriteAsync(
        IReadOnlyList<PlannedChange> changes, string actor, long nowUtcMs, CancellationToken cancellationToken)
    {
        foreach (var chunk in changes.Chunk(EnforcementLimits.CabinetsPerWrite))
        {
            await database.WriteAsync(
                (connection, _) =>
                {
                    using var writer = new ChangeWriter(connection);
                    foreach (var change in chunk)
                    {
                        writer.Write(change, actor, nowUtcMs);
                    }

                    return chunk.Length;
                },
                cancellationToken);
        }
    }

    /// <summary>Notes that the broker has a cabinet's wanted config.</summary>
    public Task MarkSentAsync(
        string cabinetId, string version, long nowUtcMs, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, _) =>
            {
                using var update = connection.Prepare("""
                    UPDATE enforcement_states SET sent_utc_ms = ?3
                    WHERE cabinet_id = ?1 AND wanted_version = ?2 AND sent_utc_ms IS NULL
                    """);
                update.Set(1, cabinetId).Set(2, version).Set(3, nowUtcMs).Run();
                return true;
            },
            cancellationToken);

    private static EnforcementState State(Statement row) => new(
        row.Text(0), row.Text(1), row.Long(2),
        new LadderState(Enum.Parse<Rung>(row.Text(3)), row.Long(4), (int)row.Long(5), Day(row.LongOrNull(6)),
            row.LongOrNull(7)),
        row.Text(8), row.Text(9), row.LongOrNull(10),
        row.LongOrNull(11) is { } credit
            ? new GroupCredit(credit, Day(row.Long(12))!.Value, Day(row.Long(13))!.Value)
            : null);

    private static DateOnly? Day(long? number) => number is { } day
        ? new DateOnly((int)(day / 10_000), (int)(day / 100 % 100), (int)(day % 100))
        : null;

    /// <summary>Writes changes in somebody's transaction.</summary>
    private sealed class ChangeWriter(FleetConnection connection) : IDisposable
    {
        private readonly Statement _state = connection.Prepare($"""
            INSERT INTO enforcement_states ({StateColumns})
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            ON CONFLICT (cabinet_id) DO UPDATE SET operator_id = excluded.operator_id,
              count_from_utc_ms = excluded.count_from_utc_ms, rung = excluded.rung,
              since_utc_ms = excluded.since_utc_ms, breach_days = excluded.breach_days,
              last_breach_day = excluded.last_breach_day, acts_from_utc_ms = excluded.acts_from_utc_ms,
              wanted_version = excluded.wanted_version, frame = excluded.frame,
              sent_utc_ms = CASE WHEN enforcement_states.wanted_version = excluded.wanted_version
                            THEN enforcement_states.sent_utc_ms ELSE NULL END,
              credit_fen = excluded.credit_fen, credit_window = excluded.credit_window,
              credit_day = excluded.credit_day
            """);

        private readonly Statement _step = connection.Prepare("""
            INSERT INTO enforcement_history (cabinet_id, at_utc_ms, from_rung, to_rung, reason, actor, evidence)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);

        private readonly Statement _config = connection.Prepare("""
            INSERT INTO enforcement_configs (cabinet_id, version, reason, planned_utc_ms, blocks, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING config_id
            """);

        private readonly Statement _answer = connection.Prepare("""
            INSERT INTO enforcement_answers (config_id, cabinet_id) VALUES (?1, ?2)
            """);

        // What the cabinet may work by stays longer than the newest: by that it is judged.
        private readonly Statement _trim = connection.Prepare("""
            DELETE FROM enforcement_configs WHERE cabinet_id = ?1 AND config_id <= (
              SELECT config_id FROM enforcement_configs WHERE cabinet_id = ?1 ORDER BY config_id DESC LIMIT 1 OFFSET ?2)
            AND (config_id < coalesce((SELECT max(config_id) FROM enforcement_answers
                   WHERE cabinet_id = ?1 AND binds_utc_ms IS NOT NULL), 9223372036854775807)
              OR config_id <= (SELECT config_id FROM enforcement_configs WHERE cabinet_id = ?1
                   ORDER BY config_id DESC LIMIT 1 OFFSET ?3))
            """);

        private readonly Statement _trimAnswers = connection.Prepare("""
            DELETE FROM enforcement_answers WHERE cabinet_id = ?1 AND config_id < (
              SELECT min(config_id) FROM enforcement_configs WHERE cabinet_id = ?1)
            """);

        public void Write(PlannedChange change, string actor, long nowUtcMs)
        {
            var (state, ladder) = (change.State, change.State.Ladder);
            _state.Set(1, state.CabinetId).Set(2, state.OperatorId).Set(3, state.CountFromUtcMs)
                .Set(4, ladder.Rung.ToString()).Set(5, ladder.SinceUtcMs).Set(6, (long)ladder.BreachDays)
                .Set(7, Number(ladder.LastBreachDay)).Set(8, ladder.ActsFromUtcMs).Set(9, state.WantedVersion)
                .Set(10, state.Frame).SetNull(11).Set(12, state.Credit?.AllowanceFen)
                .Set(13, Number(state.Credit?.WindowFirst)).Set(14, Number(state.Credit?.SplitOn)).Run();
            foreach (var step in change.Steps)
            {
                _step.Set(1, state.CabinetId).Set(2, nowUtcMs).Set(3, step.From.ToString()).Set(4, step.To.ToString())
                    .Set(5, step.Reason.ToString()).Set(6, actor).Set(7, change.Evidence).Run();
            }

            if (change.Config is { } config)
            {
                var blocks = config.Config.Config.Skus.Any(sku => sku.Spans.Any(span => span.IsBlocked));
                _config.Set(1, state.CabinetId).Set(2, config.Config.Version).Set(3, config.Reason.ToString())
                    .Set(4, nowUtcMs).Set(5, blocks ? 1L : 0L).Set(6, config.Config.Payload.Span).Next();
                _answer.Set(1, _config.Long(0)).Set(2, state.CabinetId).Run();
                _config.Reset();
                _trim.Set(1, state.CabinetId).Set(2, (long)EnforcementLimits.KeptConfigs)
                    .Set(3, (long)EnforcementLimits.MostKeptConfigs).Run();
                _trimAnswers.Set(1, state.CabinetId).Run();
            }
        }

        public void Dispose()
        {
            _state.Dispose();
            _step.Dispose();
            _config.Dispose();
            _answer.Dispose();
            _trim.Dispose();
            _trimAnswers.Dispose();
        }

        private static long? Number(DateOnly? day) => day is { } d ? BusinessZone.Number(d) : null;
    }
}
