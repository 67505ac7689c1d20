using System.Text.Json;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// One entry as a line of JSON: number, hash, what it says, and its canonical bytes, from which everything else can be
/// proven again.
/// </summary>
internal static class EntryLine
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, JournalId journal, StoredEntry entry)
    {
        var readable = EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out var reason);
        json.WriteStartObject();
        json.WriteString("journal", journal.ToString());
        json.WriteNumber("seq", entry.Seq);
        json.WriteString("hash", entry.Hash.ToString());
        json.WriteString("kind", Name(header.Kind.ToString()));
        if (!readable)
        {
            json.WriteString("unreadable", Name(reason.ToString()));
        }

        json.WriteString("boot", header.Time.Boot.ToString());
        json.WriteNumber("monotonicMs", header.Time.MonotonicMs);
        json.WriteNumber("wallUtcMs", header.Time.WallUtcMs);
        if (header.Origin is { } origin)
        {
            json.WriteString("originJournal", origin.Journal.ToString());
            json.WriteNumber("originSeq", origin.Seq);
        }

        WriteBody(json, body);
        json.WriteBase64String("bytes", entry.Bytes.Span);
        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, EntryBody? body)
    {
        switch (body)
        {
            case SaleBody sale:
                json.WriteString("vendId", sale.VendId);
                json.WriteString("source", Name(sale.Source.ToString()));
                json.WriteString("marks", sale.Marks.ToString());
                json.WriteString("method", Name(sale.Payment.Method.ToString()));
                json.WriteString("merchantOrderNumber", sale.Payment.MerchantOrderNumber);
                json.WriteString("transactionNumber", sale.Payment.TransactionNumber);
                WriteLines(json, sale.Lines);
                break;
            case RefundBody refund:
                json.WriteString("refundNumber", refund.RefundNumber);
                json.WriteString("saleJournal", refund.SaleJournal.ToString());
                json.WriteNumber("saleSeq", refund.SaleSeq);
                json.WriteNumber("line", refund.Line);
                json.WriteNumber("amountFen", refund.AmountFen);
                json.WriteNumber("quantity", refund.Quantity);
                break;
            case NonSaleBody nonSale:
                json.WriteString("vendId", nonSale.VendId);
                json.WriteString("purpose", Name(nonSale.Purpose.ToString()));
                WriteLines(json, [.. nonSale.Lines.Select(line => new SaleLine(
                    line.Slot, line.Sku, line.Name, line.Quantity, line.UnitPriceFen, 0))]);
                break;
            case OutcomeBody outcome:
                json.WriteString("vendId", outcome.VendId);
                json.WriteString("delivery", Name(outcome.Delivery.ToString()));
                json.WriteString("payment", Name(outcome.Payment.ToString()));
                json.WriteNumber("amountFen", outcome.AmountFen);
                break;
            case SuccessionBody succession:
                json.WriteString("predecessor", succession.Predecessor.ToString());
                json.WriteNumber("lastCommonSeq", succession.LastCommon.Seq);
                json.WriteString("reason", Name(succession.Reason.ToString()));
                break;
            case GapBody gap:
                json.WriteNumber("firstMissing", gap.FirstMissing);
                json.WriteNumber("lastMissing", gap.LastMissing);
                break;
        }
    }

    private static void WriteLines(Utf8JsonWriter json, IReadOnlyList<SaleLine> lines)
    {
        json.WriteStartArray("lines");
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("slot", line.Slot);
            json.WriteString("sku", line.Sku);
            json.WriteString("name", line.Name);
            json.WriteNumber("quantity", line.Quantity);
            json.WriteNumber("unitPriceFen", line.UnitPriceFen);
            json.WriteNumber("paidFen", line.PaidFen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Name(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
