using System.Text.Json;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Describing;

/// <summary>
/// Writes any message of the protocol as JSON for people: hello, batch with all its entries, receipt, config, presence;
/// anything else as hexadecimal digits. Signatures are shown, not verified. Uses no reflection. Thread-safe.
/// </summary>
public static class MessageJson
{
    /// <summary>Writes one JSON object; its property <c>message</c> says what it is.</summary>
    public static void Write(ReadOnlySpan<byte> payload, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        if (Hello.TryParse(payload, out var hello))
        {
            WriteHello(hello, json);
            WriteEnvelope(payload, json);
        }
        else if (Receipt.TryParse(payload, out var receipt))
        {
            WriteReceipt(receipt, json);
        }
        else if (ReceivedBatch.TryParse(payload.ToArray(), out var batch))
        {
            WriteBatch(batch, json);
            WriteEnvelope(payload, json);
        }
        else if (PresenceNote.TryParse(payload, out var presence))
        {
            json.WriteString("message", "presence");
            json.WriteBoolean("online", presence.Online);
            json.WriteNumber("session", presence.Session);
            json.WriteNumber("begunWallUtcMs", presence.BegunWallUtcMs);
        }
        else if (VersionedConfig.TryParse(payload.ToArray(), out var config))
        {
            json.WriteString("message", "config");
            ConfigJson.WriteMembers(config, json);
        }
        else
        {
            json.WriteString("message", "unknown");
            json.WriteString("hex", Convert.ToHexStringLower(payload));
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a head as an object of its own.</summary>
    internal static void WriteHead(Utf8JsonWriter json, string name, Head head)
    {
        json.WriteStartObject(name);
        json.WriteNumber("seq", head.Seq);
        json.WriteString("hash", head.Hash.ToString());
        json.WriteEndObject();
    }

    private static void WriteHello(Hello hello, Utf8JsonWriter json)
    {
        json.WriteString("message", "hello");
        json.WriteString("cabinet", hello.Cabinet.Value);
        json.WriteString("journal", hello.Journal.ToString());
        json.WriteString("key", hello.Key.ToString());
        json.WriteString("boot", hello.Boot.ToString());
        json.WriteNumber("monotonicMs", hello.MonotonicMs);
        json.WriteNumber("wallUtcMs", hello.WallUtcMs);
        WriteHead(json, "tail", hello.Tail);
        WriteHead(json, "committed", hello.Committed);
        json.WriteNumber("oldestRetainedSeq", hello.OldestRetainedSeq);
        json.WriteNumber("backlog", hello.Backlog);
        json.WriteNumber("oldestUnsentWallUtcMs", hello.OldestUnsentWallUtcMs);
        json.WriteNumber("salesFen", hello.Sums.SalesFen);
        json.WriteNumber("refundsFen", hello.Sums.RefundsFen);
        json.WriteNumber("sales", hello.Sums.Sales);
        json.WriteBoolean("closed", hello.Closed);
        json.WriteString("appliedConfigVersion", hello.AppliedConfigVersion);
        json.WriteString("agentVersion", hello.AgentVersion);
    }

    private static void WriteReceipt(Receipt receipt, Utf8JsonWriter json)
    {
        json.WriteString("message", "receipt");
        json.WriteString("answers", receipt.Answers.ToString());
        json.WriteString("journal", receipt.Journal.ToString());
        json.WriteString("outcome", receipt.Outcome.ToString());
        json.WriteString("refusal", receipt.Refusal.ToString());
        WriteHead(json, "head", receipt.Head);
        json.WriteNumber("serverUtcMs", receipt.ServerUtcMs);
        json.WriteNumber("paceMs", receipt.PaceMs);
        json.WriteNumber("maxEntries", receipt.MaxEntries);
        json.WriteString("wantedConfigVersion", receipt.WantedConfigVersion);
        json.WriteString("detail", receipt.Detail);
    }

    private static void WriteBatch(ReceivedBatch batch, Utf8JsonWriter json)
    {
        var header = batch.Header;
        var chainHolds = batch.ComputeHashes(new HashChain());
        json.WriteString("message", "batch");
        json.WriteString("cabinet", header.Cabinet.Value);
        json.WriteString("journal", header.Journal.ToString());
        json.WriteString("key", header.Key.ToString());
        if (header.GapBase is { } gapBase)
        {
            WriteHead(json, "gapBase", gapBase);
        }

        WriteHead(json, "previous", header.Previous);
        WriteHead(json, "last", header.Last);
        json.WriteBoolean("chainHolds", chainHolds);
        json.WriteStartArray("clocks");
        foreach (var clock in header.Clocks)
        {
            json.WriteStartObject();
            json.WriteString("boot", clock.Boot.ToString());
            json.WriteNumber("monotonicMs", clock.MonotonicMs);
            json.WriteNumber("serverUtcMs", clock.ServerUtcMs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("entries");
        for (var i = 0; i < batch.Count; i++)
        {
            EntryJson.Write(batch.Entry(i).Span, json, batch.Hash(i));
        }

        json.WriteEndArray();
    }

    private static void WriteEnvelope(ReadOnlySpan<byte> payload, Utf8JsonWriter json)
    {
        json.WriteString("messageHash", SignedMessage.HashOf(payload).ToString());
        json.WriteString("signature", Convert.ToHexStringLower(payload[^MessageSigner.SignatureSize..]));
    }
}
