using System.Globalization;
using System.Text.Json;
using KioskFleet.Protocol.Configs;

namespace KioskFleet.Protocol.Describing;

/// <summary>
/// Writes a cabinet's config as JSON for people: enum values are their names, days are dates, amounts whole fen, times
/// Unix milliseconds UTC. Uses no reflection. Thread-safe.
/// </summary>
public static class ConfigJson
{
    /// <summary>Writes the members of one JSON object that the caller has begun.</summary>
    public static void WriteMembers(VersionedConfig versioned, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(versioned);
        ArgumentNullException.ThrowIfNull(json);
        var config = versioned.Config;
        json.WriteString("version", versioned.Version);
        json.WriteString("cabinet", config.Cabinet.Value);
        json.WriteString("kind", config.Kind.ToString());
        json.WriteString("mode", config.Mode.ToString());
        json.WriteNumber("restrictFromUtcMs", config.RestrictFromUtcMs);
        json.WriteNumber("exemptUntilUtcMs", config.ExemptUntilUtcMs);
        WritePolicy(config.Policy, json);
        WriteFigures(config.Figures, json);
        json.WriteStartArray("skus");
        foreach (var sku in config.Skus)
        {
            WriteSku(sku, json);
        }

        json.WriteEndArray();
        json.WriteStartArray("exemptSkus");
        foreach (var exempt in config.ExemptSkus)
        {
            json.WriteStartObject();
            json.WriteString("sku", exempt.Sku);
            json.WriteNumber("untilUtcMs", exempt.UntilUtcMs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePolicy(GatePolicy policy, Utf8JsonWriter json)
    {
        json.WriteStartObject("policy");
        json.WriteString("policyId", policy.PolicyId);
        json.WriteNumber("policyVersion", policy.PolicyVersion);
        json.WriteString("window", policy.Window);
        json.WriteNumber("zoneOffsetMinutes", policy.ZoneOffsetMinutes);
        json.WriteStartArray("thresholds");
        foreach (var threshold in policy.Thresholds)
        {
            json.WriteStartObject();
            WriteDay(json, "from", threshold.From);
            json.WriteNumber("basisPoints", threshold.BasisPoints);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("allowanceFen", policy.AllowanceFen);
        json.WriteNumber("allowanceBasisPoints", policy.AllowanceBasisPoints);
        json.WriteNumber("warningMarginBasisPoints", policy.WarningMarginBasisPoints);
        json.WriteEndObject();
    }

    private static void WriteFigures(GateFigures figures, Utf8JsonWriter json)
    {
        json.WriteStartObject("figures");
        json.WriteString("journal", figures.Journal.ToString());
        MessageJson.WriteHead(json, "head", figures.Head);
        json.WriteNumber("headUtcMs", figures.HeadUtcMs);
        json.WriteNumber("countFromUtcMs", figures.CountFromUtcMs);
        WriteDay(json, "windowFirst", figures.Window.First);
        WriteDay(json, "windowLast", figures.Window.Last);
        json.WriteNumber("allowanceFen", figures.AllowanceFen);
        json.WriteStartArray("rows");
        foreach (var row in figures.Rows)
        {
            json.WriteStartObject();
            WriteDay(json, "first", row.First);
            WriteDay(json, "last", row.Last);
            json.WriteNumber("aidFen", row.AidFen);
            json.WriteNumber("totalFen", row.TotalFen);
            json.WriteNumber("turnoverFen", row.TurnoverFen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSku(SkuClass sku, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("sku", sku.Sku);
        json.WriteStartArray("spans");
        foreach (var span in sku.Spans)
        {
            json.WriteStartObject();
            json.WriteNumber("fromUtcMs", span.FromUtcMs);
            json.WriteString("class", span.Class.ToString());
            json.WriteBoolean("blocked", span.IsBlocked);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDay(Utf8JsonWriter json, string name, DateOnly day) =>
        json.WriteString(name, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
