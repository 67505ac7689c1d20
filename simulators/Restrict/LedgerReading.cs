using KioskFleet.Protocol.Entries;
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
        using var rows = connection.Prepare("""
            SELECT j.cabinet_id, j.journal_id, e.seq, e.bytes, e.utc_ms
            FROM entries e JOIN batches b USING (batch_id) JOIN journals j USING (journal_no)
            WHERE e.state = ?1 ORDER BY e.position
            """);
        rows.Set(1, (long)EntryState.Counted);
        while (rows.Next())
        {
            if (!EntryCodec.TryDecode(rows.Bytes(3).ToArray(), out _, out var body, out _))
            {
                continue;
            }

            var (cabinet, journal) = (rows.Text(0), rows.Journal(1));
            var day = BusinessMonth.DayOf(DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)));
            switch (body)
            {
                case SaleBody sale:
                    lines.AddRange(sale.Lines.Select((line, i) => new SoldLine(cabinet,
                        new LinePlace(journal, (ulong)rows.Long(2), i), day, RestrictGoods.IsAid(line.Sku),
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
