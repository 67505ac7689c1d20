using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Judges the entries of one batch: dates them, finds the assignment, classifies each line by the catalogue in force at
/// the moment of sale. What a cabinet claims counts for nothing. Pure apart from its position in the batch: the result
/// depends on the bytes, the stated observations, the catalogue version and the register only. Not thread-safe.
/// </summary>
internal sealed class EntryJudge(CatalogueSnapshot catalogue, BusinessCalendar calendar)
{
    private readonly byte[] _classes = new byte[Protocol.Limits.MaxLines];

    /// <summary>Judges one entry; entries of a batch are judged in order, with one dating for all of them.</summary>
    public JudgedEntry Judge(ReadOnlySpan<byte> entry, CabinetModel cabinet, EntryDating dating)
    {
        var judged = default(JudgedEntry);
        if (!EntryHeader.TryRead(entry, out judged.Header, out var body))
        {
            // Nothing in it can be believed, so it is dated like the entry before it.
            judged.UtcMs = dating.LatestUtcMs;
            judged.BusinessDay = calendar.DayOf(judged.UtcMs);
            judged.AssignmentId = cabinet.AssignmentAt(judged.UtcMs).AssignmentId;
            judged.Quarantine(QuarantineReason.UnreadableHeader);
            return judged;
        }

        var dated = dating.Date(judged.Header.Time, judged.Header.Kind);
        judged.ClockImplausible = dated.Implausible;
        JudgeBody(entry, body, cabinet, dated.UtcMs, ref judged);
        return judged;
    }

    /// <summary>Judges an entry that was dated before: its moment stays.</summary>
    public JudgedEntry JudgeAt(ReadOnlySpan<byte> entry, CabinetModel cabinet, long utcMs)
    {
        var judged = default(JudgedEntry);
        if (EntryHeader.TryRead(entry, out judged.Header, out var body))
        {
            JudgeBody(entry, body, cabinet, utcMs, ref judged);
        }
        else
        {
            judged.Quarantine(QuarantineReason.UnreadableHeader);
        }

        return judged;
    }

    private void JudgeBody(
        ReadOnlySpan<byte> entry, ReadOnlySpan<byte> body, CabinetModel cabinet, long utcMs, ref JudgedEntry judged)
    {
        judged.Kind = judged.Header.Kind;
        judged.UtcMs = utcMs;
        judged.BusinessDay = calendar.DayOf(utcMs);
        var assignment = cabinet.AssignmentAt(utcMs);
        judged.AssignmentId = assignment.AssignmentId;
        if (judged.BusinessDay == 0)
        {
            judged.Quarantine(QuarantineReason.ImpossibleTime);
        }
        else if (judged.Kind == EntryKind.Sale && judged.Header.BodyVersion == EntryBody.Version)
        {
            JudgeSale(entry, body, assignment.OperatorId, ref judged);
        }
        else
        {
            JudgeOther(entry, ref judged);
        }
    }

    /// <summary>Reads a sale in place: this is the path of hundreds of thousands of entries a second.</summary>
    private void JudgeSale(
        ReadOnlySpan<byte> entry, ReadOnlySpan<byte> body, string operatorId, ref JudgedEntry judged)
    {
        var sale = new SaleView(body);
        var reason = sale.VendId.IsEmpty ? QuarantineReason.MissingId
            : !Enum.IsDefined(sale.Source) || !Enum.IsDefined(sale.Method) ? QuarantineReason.UnknownValue
            : EntryRules.CheckLineCount(sale.LineCount);
        var count = 0;
        while (reason == QuarantineReason.None && sale.NextLine(out var line))
        {
            reason = EntryRules.CheckLine(line.Quantity, line.UnitPriceFen, line.PaidFen);
            var lineClass = catalogue.Classify(operatorId, line.Sku, judged.UtcMs);
            judged.Amounts.Add(lineClass, line.PaidFen);
            _classes[count++] = (byte)lineClass;
        }

        if (reason == QuarantineReason.None && !sale.AtEnd)
        {
            reason = QuarantineReason.UnreadableBody;
        }

        if (reason != QuarantineReason.None)
        {
            // Seldom, so it may cost: the full reading says which of several reasons it is.
            EntryCodec.TryDecode(entry, out _, out _, out reason);
            judged.Quarantine(reason);
            return;
        }

        var classes = _classes.AsSpan(0, count);
        if (classes.ContainsAnyExcept(classes[0]))
        {
            judged.LineClasses = classes.ToArray();
        }
        else
        {
            judged.LineClass = classes[0];
        }
    }

    private static void JudgeOther(ReadOnlySpan<byte> entry, ref JudgedEntry judged)
    {
        if (EntryCodec.TryDecode(entry, out _, out var body, out var reason))
        {
            judged.Body = body;
        }
        else
        {
            judged.Quarantine(reason);
        }
    }
}
