using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Describing;

/// <summary>
/// Writes an entry as JSON for people: header, then the body by its kind. What cannot be read is shown as hexadecimal
/// digits with the reason, so that nothing is hidden. Enum values are their names; amounts are whole fen; times are
/// Unix milliseconds UTC. Uses no reflection. Thread-safe.
/// </summary>
public static class EntryJson
{
    /// <summary>Writes one JSON object.</summary>
    /// <param name="entry">The canonical bytes.</param>
    /// <param name="json">The writer.</param>
    /// <param name="hash">The chain's hash behind the entry, when it is known.</param>
    public static void Write(ReadOnlySpan<byte> entry, Utf8JsonWriter json, Digest? hash = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        EntryCodec.TryDecode(entry, out var header, out var body, out var reason);
        if (reason == QuarantineReason.UnreadableHeader)
        {
            json.WriteString("unreadable", Convert.ToHexStringLower(entry));
        }
        else
        {
            WriteHeader(header, json);
        }

        if (hash is { } digest)
        {
            json.WriteString("hash", digest.ToString());
        }

        if (reason != QuarantineReason.None)
        {
            json.WriteString("quarantine", reason.ToString());
        }

        if (body is not null)
        {
            json.WriteStartObject("body");
            WriteBody(body, json);
            json.WriteEndObject();
        }
        else if (EntryHeader.TryRead(entry, out _, out var bytes))
        {
            json.WriteString("bodyHex", Convert.ToHexStringLower(bytes));
        }

        json.WriteEndObject();
    }

    private static void WriteHeader(in EntryHeader header, Utf8JsonWriter json)
    {
        json.WriteNumber("seq", header.Seq);
        json.WriteString("kind", Name(header.Kind, (byte)header.Kind));
        json.WriteStartArray("marks");
        WriteFlag(json, header.Marks.HasFlag(EntryMarks.Carried), nameof(EntryMarks.Carried));
        WriteFlag(json, header.Marks.HasFlag(EntryMarks.Salvaged), nameof(EntryMarks.Salvaged));
        json.WriteEndArray();
        json.WriteNumber("bodyVersion", header.BodyVersion);
        json.WriteString("boot", header.Time.Boot.ToString());
        json.WriteNumber("monotonicMs", header.Time.MonotonicMs);
        json.WriteNumber("wallUtcMs", header.Time.WallUtcMs);
        if (header.Origin is { } origin)
        {
            json.WriteStartObject("origin");
            json.WriteString("journal", origin.Journal.ToString());
            json.WriteNumber("seq", origin.Seq);
            json.WriteEndObject();
        }
    }

    private static void WriteBody(EntryBody body, Utf8JsonWriter json)
    {
        switch (body)
        {
            case SaleBody sale:
                WriteSale(sale, json);
                break;
            case RefundBody refund:
                WriteRefund(refund, json);
                break;
            case NonSaleBody nonSale:
                WriteNonSale(nonSale, json);
                break;
            case OutcomeBody outcome:
                json.WriteString("delivery", Name(outcome.Delivery, (byte)outcome.Delivery));
                json.WriteString("payment", Name(outcome.Payment, (byte)outcome.Payment));
                json.WriteString("vendId", outcome.VendId);
                json.WriteString("slot", outcome.Slot);
                json.WriteString("sku", outcome.Sku);
                json.WriteNumber("amountFen", outcome.AmountFen);
                json.WriteString("detail", outcome.Detail);
                break;
            case SuccessionBody succession:
                WriteSuccession(succession, json);
                break;
            case GapBody gap:
                json.WriteNumber("firstMissing", gap.FirstMissing);
                json.WriteNumber("lastMissing", gap.LastMissing);
                json.WriteString("baseHash", gap.BaseHash.ToString());
                json.WriteString("lastMissingHash", gap.LastMissingHash.ToString());
                break;
            default:
                throw new InvalidOperationException($"There is no description of {body.Kind}.");
        }
    }

    private static void WriteSale(SaleBody sale, Utf8JsonWriter json)
    {
        json.WriteString("source", Name(sale.Source, (byte)sale.Source));
        json.WriteStartArray("marks");
        for (var bit = 0; bit < 16; bit++)
        {
            var mark = (SaleMarks)(1 << bit);
            WriteFlag(json, sale.Marks.HasFlag(mark), Name(mark, (ushort)mark));
        }

        json.WriteEndArray();
        json.WriteString("vendId", sale.VendId);
        json.WriteString("method", Name(sale.Payment.Method, (byte)sale.Payment.Method));
        json.WriteString("merchantOrderNumber", sale.Payment.MerchantOrderNumber);
        json.WriteString("transactionNumber", sale.Payment.TransactionNumber);
        json.WriteStartArray("lines");
        foreach (var line in sale.Lines)
        {
            json.WriteStartObject();
            WriteLine(json, line.Slot, line.Sku, line.Name, line.Quantity, line.UnitPriceFen);
            json.WriteNumber("paidFen", line.PaidFen);
            json.WriteString("claim", Name(line.Claim, (byte)line.Claim));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRefund(RefundBody refund, Utf8JsonWriter json)
    {
        json.WriteString("refundNumber", refund.RefundNumber);
        json.WriteString("saleJournal", refund.SaleJournal.ToString());
        json.WriteNumber("saleSeq", refund.SaleSeq);
        json.WriteNumber("line", refund.Line);
        json.WriteNumber("amountFen", refund.AmountFen);
        json.WriteNumber("quantity", refund.Quantity);
        json.WriteString("transactionNumber", refund.TransactionNumber);
        json.WriteString("reason", refund.Reason);
    }

    private static void WriteNonSale(NonSaleBody nonSale, Utf8JsonWriter json)
    {
        json.WriteString("purpose", Name(nonSale.Purpose, (byte)nonSale.Purpose));
        json.WriteString("vendId", nonSale.VendId);
        json.WriteString("reason", nonSale.Reason);
        json.WriteStartArray("lines");
        foreach (var line in nonSale.Lines)
        {
            json.WriteStartObject();
            WriteLine(json, line.Slot, line.Sku, line.Name, line.Quantity, line.UnitPriceFen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSuccession(SuccessionBody succession, Utf8JsonWriter json)
    {
        json.WriteString("predecessor", succession.Predecessor.ToString());
        MessageJson.WriteHead(json, "lastCommon", succession.LastCommon);
        json.WriteString("reason", Name(succession.Reason, (byte)succession.Reason));
        json.WriteNumber("carried", succession.Carried);
        json.WriteNumber("salvaged", succession.Salvaged);
        json.WriteString("detail", succession.Detail);
    }

    private static void WriteLine(
        Utf8JsonWriter json, string slot, string sku, string name, int quantity, long unitPriceFen)
    {
        json.WriteString("slot", slot);
        json.WriteString("sku", sku);
        json.WriteString("name", name);
        json.WriteNumber("quantity", quantity);
        json.WriteNumber("unitPriceFen", unitPriceFen);
    }

    private static void WriteFlag(Utf8JsonWriter json, bool isSet, string name)
    {
        if (isSet)
        {
            json.WriteStringValue(name);
        }
    }

    /// <summary>The name of an enum value; <c>#</c> and the number of one that this version does not know.</summary>
    internal static string Name<T>(T value, int number)
        where T : struct, Enum => Enum.IsDefined(value) ? value.ToString() : $"#{number}";
}
