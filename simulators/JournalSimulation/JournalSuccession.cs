using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// How an agent ends a journal. The last common head is the committed mark, but never behind a corruption and never
/// before what is retained; the predecessor is closed there and everything readable behind it is carried over.
/// </summary>
internal static class JournalSuccession
{
    /// <summary>Closes the predecessor and makes its successor.</summary>
    public static JournalFile Begin(
        JournalFile predecessor, JournalId id, SuccessionReason reason, EntryTime now, HashChain chain,
        Sabotage sabotage)
    {
        var common = Math.Min(predecessor.Committed.Seq, (predecessor.FirstUnreadable ?? ulong.MaxValue) - 1);
        var lastCommon = predecessor.HeadAt(Math.Max(predecessor.Base.Seq, common));
        var last = sabotage == Sabotage.CarryNothing ? lastCommon.Seq : predecessor.FileTail.Seq;
        var carried = Carriable(predecessor, lastCommon.Seq, last).ToArray();
        var broken = predecessor.FirstUnreadable ?? ulong.MaxValue;
        var successor = new JournalFile(id);
        successor.Append(chain, EntryCodec.Encode(1, now, new SuccessionBody(predecessor.Id, lastCommon, reason,
            (uint)carried.Length, (uint)carried.Count(entry => entry.Seq > broken), "")), null);
        Carry(predecessor, lastCommon.Seq, last, successor, chain);
        predecessor.Close(lastCommon);
        return successor;
    }

    /// <summary>Makes the successor of a journal of which nothing is left but its name.</summary>
    public static JournalFile BeginAfterLoss(JournalId lost, JournalId id, EntryTime now, HashChain chain)
    {
        var successor = new JournalFile(id);
        successor.Append(chain, EntryCodec.Encode(1, now, new SuccessionBody(
            lost, Head.Genesis(lost), SuccessionReason.Lost, 0, 0, "")), null);
        return successor;
    }

    /// <summary>Appends copies of the readable entries behind a number, with their first origin and time.</summary>
    public static void Carry(JournalFile from, ulong afterSeq, ulong last, JournalFile into, HashChain chain)
    {
        var broken = from.FirstUnreadable ?? ulong.MaxValue;
        foreach (var entry in Carriable(from, afterSeq, last))
        {
            EntryHeader.TryRead(entry.Bytes, out var header, out var body);
            var marks = header.Marks | EntryMarks.Carried | (entry.Seq > broken ? EntryMarks.Salvaged : 0);
            into.Append(chain, EntryCodec.Encode(header with
            {
                Seq = into.FileTail.Seq + 1,
                Marks = marks,
                Origin = header.Origin ?? new EntryOrigin(from.Id, entry.Seq),
            }, body), entry.Report);
        }
    }

    private static IEnumerable<StoredEntry> Carriable(JournalFile from, ulong afterSeq, ulong last) =>
        from.Entries.Where(entry => entry.Seq > afterSeq && entry.Seq <= last && from.IsReadable(entry.Seq)
            && (EntryKind)entry.Bytes[1] is not (EntryKind.Succession or EntryKind.Gap));
}

/// <summary>Encodes what a sales program reports.</summary>
internal static class ReportEncoder
{
    /// <summary>The canonical bytes.</summary>
    public static byte[] Encode(Report report, JournalId journal, ulong seq, EntryTime time) =>
        EntryCodec.Encode(seq, time, report.Kind switch
        {
            EntryKind.Sale => new SaleBody(SaleSource.Vend, SaleMarks.None, report.Id,
                new Payment(PaymentMethod.WeChat, "", ""), [new SaleLine("A1", "sku", "", 1, report.Fen, report.Fen)]),
            EntryKind.Refund => new RefundBody(report.Id, journal, 1, 0, report.Fen, 1, "", ""),
            _ => new NonSaleBody(NonSalePurpose.Test, report.Id, "", [new NonSaleLine("A1", "sku", "", 1, 0)]),
        });
}
