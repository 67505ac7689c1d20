using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>A line that was sold, with what was given back for it. Amounts in fen.</summary>
/// <param name="Assignment">Under which it was sold.</param>
/// <param name="Utc">The moment of sale, Unix milliseconds.</param>
/// <param name="Class">a aid, o ordinary, u without a mapping.</param>
/// <param name="Paid">What was paid.</param>
/// <param name="Refunds">What was given back, each with its moment.</param>
internal sealed record OracleLine(
    OracleAssignment Assignment, long Utc, char Class, long Paid, List<(long Utc, long Fen)> Refunds)
{
    public long Net => Paid - Refunds.Sum(r => r.Fen);
}

/// <summary>
/// Reads every entry of the ledger by its bytes and works out what was sold, as plainly as it can be said. Knows
/// nothing of running totals, states, classes or positions that the service has stored. Every entry here is of the one
/// boot that began at <c>bootUtc</c>.
/// </summary>
internal static class OracleLedger
{
    public static List<OracleLine> Read(FleetDatabase database, OracleFacts facts, long bootUtc)
    {
        var entries = ReadAll(database);
        var sold = new Dictionary<(JournalId, ulong), (string Cabinet, List<OracleLine> Lines)>();
        foreach (var (cabinet, journal, seq, bytes) in entries)
        {
            if (Decoded(bytes) is (var utc, SaleBody sale))
            {
                sold[(journal, seq)] = (cabinet, [.. sale.Lines.Select(line => Line(cabinet, utc, line, facts))]);
            }

            (long Utc, EntryBody Body)? Decoded(byte[] entry) =>
                EntryCodec.TryDecode(entry, out var header, out var body, out _)
                    ? (bootUtc + header.Time.MonotonicMs, body!)
                    : null;
        }

        var told = new HashSet<(string, string)>();
        foreach (var (cabinet, _, _, bytes) in entries)
        {
            // The same number again is the same refund. One of a sale that is not there, or of a line that it does not
            // have, counts nothing.
            if (EntryCodec.TryDecode(bytes, out var header, out var body, out _) && body is RefundBody refund
                && told.Add((cabinet, refund.RefundNumber))
                && sold.TryGetValue((refund.SaleJournal, refund.SaleSeq), out var sale)
                && sale.Cabinet == cabinet && refund.Line < sale.Lines.Count)
            {
                sale.Lines[refund.Line].Refunds.Add((bootUtc + header.Time.MonotonicMs, refund.AmountFen));
            }
        }

        return [.. sold.Values.SelectMany(s => s.Lines)];
    }

    private static OracleLine Line(string cabinet, long utc, SaleLine line, OracleFacts facts)
    {
        var own = facts.Assignments.Where(a => a.Cabinet == cabinet).OrderBy(a => a.From).ToList();
        var assignment = own.LastOrDefault(a => a.From <= utc) ?? own[0];
        return new OracleLine(assignment, utc, ClassOf(assignment.Operator, line.Sku, utc, facts), line.PaidFen, []);
    }

    private static char ClassOf(string operatorId, string sku, long utc, OracleFacts facts)
    {
        var mappings = facts.Mappings.Where(m => m.Sku == sku && m.From <= utc && !(m.To <= utc)).ToList();
        var mapping = mappings.Find(m => m.Operator == operatorId) ?? mappings.Find(m => m.Operator is null);
        if (mapping is null)
        {
            return 'u';
        }

        return facts.Listings.Any(l => l.Product == mapping.Product && l.From <= utc && !(l.To <= utc)
            && (!facts.CityOnly || l.By == "national" || facts.CityCodes.Contains(l.By))) ? 'a' : 'o';
    }

    private static List<(string Cabinet, JournalId Journal, ulong Seq, byte[] Bytes)> ReadAll(FleetDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.Command("""
            SELECT j.cabinet_id, j.journal_id, e.seq, e.bytes
            FROM entries e, batches b, journals j WHERE b.batch_id = e.batch_id AND j.journal_no = b.journal_no
            """);
        using var row = command.ExecuteReader();
        var entries = new List<(string, JournalId, ulong, byte[])>();
        while (row.Read())
        {
            entries.Add((row.GetString(0), JournalId.Read((byte[])row.GetValue(1)), (ulong)row.GetInt64(2),
                (byte[])row.GetValue(3)));
        }

        return entries;
    }
}
