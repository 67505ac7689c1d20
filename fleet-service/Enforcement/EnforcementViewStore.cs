using System.Text.Json;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Describing;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>What lists of enforcement are filtered by.</summary>
internal sealed record EnforcementQuery
{
    /// <summary>True for cabinets that reported another config than wanted; null for all.</summary>
    public bool? Behind { get; init; }

    /// <summary>A rung; null for all.</summary>
    public string? Rung { get; init; }

    /// <summary>A county's code; null for all.</summary>
    public string? County { get; init; }

    /// <summary>An operator's id; null for all.</summary>
    public string? Operator { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>Reads what the interface shows: wanted beside applied. Only reads. Thread-safe.</summary>
internal sealed class EnforcementViewStore(
    FleetDatabase database, EnforcementStore store, EnforcementSources sources, TimeProvider time)
{
    /// <summary>All cabinets that match, by id.</summary>
    public IReadOnlyList<EnforcementRow> List(EnforcementQuery query)
    {
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (states, hellos) = (store.ReadStates(), ReadHellos(null));
        var exemptions = sources.Exemptions(nowUtcMs);
        return [.. sources.Fleet.Cabinets
            .Where(cabinet => query.County is null || cabinet.CurrentAssignment.County.Value == query.County)
            .Where(cabinet => query.Operator is null || cabinet.CurrentAssignment.OperatorId == query.Operator)
            .Select(cabinet => Row(cabinet, states.GetValueOrDefault(cabinet.Id.Value),
                hellos.GetValueOrDefault(cabinet.Id.Value), exemptions))
            .Where(row => query.Behind is null || row.Behind == query.Behind)
            .Where(row => query.Rung is null || row.Rung.Equals(query.Rung, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Everything of one cabinet.</summary>
    public EnforcementDetail Detail(CabinetModel cabinet)
    {
        var id = cabinet.Id.Value;
        var state = store.ReadState(id);
        var summary = Row(cabinet, state, ReadHellos(id).GetValueOrDefault(id),
            sources.Exemptions(time.GetUtcNow().ToUnixTimeMilliseconds()));
        return new EnforcementDetail(summary, CabinetKindView.Of(cabinet.Kind), ReadHistory(id), ReadConfigs(id),
            state is { WantedVersion.Length: > 0 } && store.ReadConfig(id, state.WantedVersion) is { } payload
                ? Shown(payload)
                : null);
    }

    private static EnforcementRow Row(
        CabinetModel cabinet, EnforcementState? state, HeardHello? hello, ExemptionsInForce exemptions)
    {
        var place = cabinet.CurrentAssignment;
        var ladder = state?.Ladder ?? LadderState.Start(cabinet.RegisteredUtcMs);
        var wanted = state?.WantedVersion ?? "";
        var exemptUntil = exemptions.ExemptUntilUtcMs(cabinet.Id.Value, place.OperatorId);
        return new EnforcementRow(cabinet.Id.Value, place.OperatorId, place.County.Value, cabinet.Kind.ToString(),
            ladder.Rung.ToString(), EnforcementTexts.Of(ladder.Rung), Utc(ladder.SinceUtcMs)!.Value,
            Utc(ladder.ActsFromUtcMs), exemptUntil > 0 ? Utc(exemptUntil) : null, ladder.BreachDays,
            wanted.Length > 0 ? wanted : null, hello?.AppliedVersion is { Length: > 0 } applied ? applied : null,
            wanted.Length > 0 && hello?.AppliedVersion != wanted, Utc(state?.SentUtcMs), Utc(hello?.HeardUtcMs));
    }

    private Dictionary<string, HeardHello> ReadHellos(string? cabinetId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT cabinet_id, heard_utc_ms, applied_config FROM hellos WHERE ?1 = '' OR cabinet_id = ?1
            """);
        query.Set(1, cabinetId ?? "");
        var hellos = new Dictionary<string, HeardHello>(StringComparer.Ordinal);
        while (query.Next())
        {
            hellos[query.Text(0)] = new HeardHello(query.Long(1), query.Text(2));
        }

        return hellos;
    }

    private List<HistoryRow> ReadHistory(string cabinetId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT at_utc_ms, from_rung, to_rung, reason, actor, evidence FROM enforcement_history
            WHERE cabinet_id = ?1 ORDER BY history_id DESC LIMIT ?2
            """);
        query.Set(1, cabinetId).Set(2, (long)EnforcementLimits.ShownHistory);
        var rows = new List<HistoryRow>();
        while (query.Next())
        {
            using var evidence = JsonDocument.Parse(query.Text(5));
            rows.Add(new HistoryRow(Utc(query.Long(0))!.Value, query.Text(1), query.Text(2), query.Text(3),
                EnforcementTexts.Of(Enum.Parse<LadderReason>(query.Text(3))), query.Text(4),
                evidence.RootElement.Clone()));
        }

        return rows;
    }

    private List<ConfigRow> ReadConfigs(string cabinetId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT version, reason, planned_utc_ms FROM enforcement_configs
            WHERE cabinet_id = ?1 ORDER BY config_id DESC
            """);
        query.Set(1, cabinetId);
        var rows = new List<ConfigRow>();
        while (query.Next())
        {
            rows.Add(new ConfigRow(query.Text(0), query.Text(1), Utc(query.Long(2))!.Value));
        }

        return rows;
    }

    private static JsonElement? Shown(byte[] payload)
    {
        if (!VersionedConfig.TryParse(payload, out var config))
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            ConfigJson.WriteMembers(config, writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    private static DateTimeOffset? Utc(long? utcMs) =>
        utcMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
