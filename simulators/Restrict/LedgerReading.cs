using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// Reads a ledger's sales from the bytes that the cabinets signed. Of what the service worked out only the corrected
/// moments are taken: amounts, classes and days are read and counted anew.
/// </summary>
internal static class LedgerReading
{
    /// <summary>Reads all counted sales and refunds; the service may run.</summary>
    public static LedgerSales Read(FleetDatabase database)
    {
        var (lines, refunds) = (new List<SoldLine>(), new List<GivenBack>());
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT j.cabinet_id, j.journal_id, e.seq, e.bytes, e.utc_ms
            FROM entries e JOIN batches b USING (batch_id) JOIN journals j USING (journal_no)
            WHERE e.state = $counted ORDER BY e.position
            """;
        command.Parameters.AddWithValue("$counted", (long)EntryState.Counted);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!EntryCodec.TryDecode((byte[])rows.GetValue(3), out _, out var body, out _))
            {
                continue;
            }

            var (cabinet, journal) = (rows.GetString(0), JournalId.Read((byte[])rows.GetValue(1)));
            var day = BusinessMonth.DayOf(DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4)));
            switch (body)
            {
                case SaleBody sale:
                    lines.AddRange(sale.Lines.Select((line, i) => new SoldLine(cabinet,
                        new LinePlace(journal, (ulong)rows.GetInt64(2), i), day, RestrictGoods.IsAid(line.Sku),
                        line.PaidFen)));
                    break;
                case RefundBody refund:
                    refunds.Add(new GivenBack(cabinet,
                        new LinePlace(refund.SaleJournal, refund.SaleSeq, refund.Line), day, refund.RefundNumber,
                        refund.AmountFen));
                    break;
                default:
                    break;
            }
        }

        return new LedgerSales(lines, refunds);
    }
}
