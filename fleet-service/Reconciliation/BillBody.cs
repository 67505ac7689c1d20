using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The lines of a bill's file between its remarks.</summary>
/// <param name="Text">Header and data as CSV.</param>
/// <param name="LinesBefore">Lines of the file in front of the header.</param>
/// <param name="Encoding">How it was decoded.</param>
internal sealed record BillSection(string Text, int LinesBefore, string Encoding);

/// <summary>What a bill is for, and the zone of its times.</summary>
/// <param name="OperatorId">Whose bill it is.</param>
/// <param name="Day">Its day.</param>
/// <param name="Zone">The zone.</param>
internal sealed record BillDay(string OperatorId, DateOnly Day, BusinessZone Zone);

/// <summary>What one row is. A closed set.</summary>
internal abstract record RowReading
{
    private RowReading()
    {
    }

    /// <summary>A payment or refund.</summary>
    internal sealed record Money(BillRow Row) : RowReading;

    /// <summary>No money moved: a free order, a refund that failed. The amount is what the summary counts.</summary>
    internal sealed record Nothing(BillKind Kind, long AmountFen) : RowReading;

    /// <summary>It cannot be taken.</summary>
    internal sealed record Refused(BillRefusal Reason, string Got) : RowReading;
}

/// <summary>What is known of a bill besides its rows.</summary>
/// <param name="Covers">Whether bills of its type list payments, and refunds.</param>
/// <param name="IfAbsent">What to say when it has no summary.</param>
/// <param name="Stated">What its summary says, or null.</param>
/// <param name="Merchant">The merchant number that the file names beside its rows, or empty.</param>
internal sealed record BillEnd(
    (bool Payments, bool Refunds) Covers, SummaryState IfAbsent, BillSums? Stated, string Merchant = "");

/// <summary>Reads one row.</summary>
internal delegate RowReading RowReader(BillFields fields);

/// <summary>
/// Reads the rows of a bill, whoever's it is: each is taken or refused on its own, the same numbers once. Pure.
/// </summary>
internal sealed class BillBody
{
    private readonly List<BillRow> _rows = [];
    private readonly List<RefusedBillRow> _refused = [];
    private readonly Dictionary<(BillKind, string, string), BillRow> _seen = [];
    private int _repeated;
    private int _skipped;
    private long _payments;
    private long _paymentsFen;
    private long _refunds;
    private long _refundsFen;

    private BillBody()
    {
    }

    /// <summary>Reads the section and compares it with the bill's own summary.</summary>
    /// <param name="section">The lines.</param>
    /// <param name="required">Columns that must be there, each by its possible names.</param>
    /// <param name="day">The bill's day.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="finish">Given the columns: what bills of this type list, and what the summary says.</param>
    public static BillReading Read(
        BillSection section, string[][] required, BillDay day, RowReader read, Func<TableReading.Table, BillEnd> finish)
    {
        var reading = TableFile.ReadCsv(section.Text, section.LinesBefore, section.Encoding, new TableLimits
        {
            MaxRows = ReconciliationLimits.MaxBillRows,
            MaxFieldLength = ReconciliationLimits.MaxFieldLength,
        });
        if (reading is TableReading.Unreadable unreadable)
        {
            return Unreadable(unreadable);
        }

        var table = (TableReading.Table)reading;
        if (required.FirstOrDefault(names => names.All(n => table.IndexOf(n.ToLowerInvariant()) < 0)) is { } missing)
        {
            return new BillReading.Unreadable(BillProblem.MissingColumn, string.Join('|', missing));
        }

        var body = new BillBody();
        body._refused.AddRange(table.Faults.Select(RefusedBillRow.Of));
        foreach (var row in table.Rows)
        {
            body.Take(read(new BillFields(table, row, day.Zone)), row, day);
        }

        var (covers, ifAbsent, stated, merchant) = finish(table);
        return new BillReading.Bill(
            body._rows, [.. body._refused.OrderBy(r => r.Line)], body._repeated, body._skipped,
            body.Compare(table.Rows.Count + table.Faults.Count, ifAbsent, stated), covers, section.Encoding)
        {
            Merchants = [.. body._rows.Select(row => row.Merchant).Append(merchant).Where(m => m.Length > 0).Distinct()
                .Order(StringComparer.Ordinal)],
        };
    }

    private static BillReading.Unreadable Unreadable(TableReading.Unreadable unreadable) => new(
        unreadable.Problem switch
        {
            TableProblem.TooManyRows => BillProblem.TooManyRows,
            TableProblem.ColumnTwice => BillProblem.ColumnTwice,
            TableProblem.MissingColumn => BillProblem.MissingColumn,
            _ => BillProblem.NotThisLayout,
        },
        unreadable.Got);

    private void Take(RowReading reading, TableRow row, BillDay day)
    {
        switch (reading)
        {
            case RowReading.Refused refused:
                _refused.Add(RefusedBillRow.Of(row.Line, refused.Reason, refused.Got));
                break;
            case RowReading.Nothing nothing:
                Count(nothing.Kind, nothing.AmountFen);
                _skipped++;
                break;
            case RowReading.Money money:
                Count(money.Row.Kind, money.Row.AmountFen);
                Take(money.Row, day.Day);
                break;
            default:
                throw new InvalidOperationException($"{reading.GetType().Name} is no reading of a row.");
        }
    }

    private void Take(BillRow row, DateOnly day)
    {
        if (row.Day != day)
        {
            _refused.Add(RefusedBillRow.Of(row.Line, BillRefusal.OutsideBillDay, $"{row.Day:yyyy-MM-dd}"));
        }
        else if (_seen.TryGetValue((row.Kind, row.Numbers.Transaction, row.Numbers.Refund), out var earlier))
        {
            if (earlier with { Line = row.Line } == row)
            {
                _repeated++;
            }
            else
            {
                _refused.Add(RefusedBillRow.Of(row.Line, BillRefusal.ContradictsEarlierRow, row.Numbers.Transaction,
                    new EarlierLine(null, null, earlier.Line)));
            }
        }
        else
        {
            _seen.Add((row.Kind, row.Numbers.Transaction, row.Numbers.Refund), row);
            _rows.Add(row);
        }
    }

    private void Count(BillKind kind, long amountFen)
    {
        if (kind == BillKind.Payment)
        {
            _payments++;
            _paymentsFen += amountFen;
        }
        else
        {
            _refunds++;
            _refundsFen += amountFen;
        }
    }

    private BillSummary Compare(int rows, SummaryState ifAbsent, BillSums? stated)
    {
        var counted = new BillSums(rows, _payments, _paymentsFen, _refunds, _refundsFen);
        if (stated is null)
        {
            return new BillSummary(ifAbsent, null, counted);
        }

        var agrees = Same(stated.Rows, rows) && Same(stated.Payments, _payments)
            && Same(stated.PaymentsFen, _paymentsFen) && Same(stated.Refunds, _refunds)
            && Same(stated.RefundsFen, _refundsFen);
        return new BillSummary(agrees ? SummaryState.Agrees : SummaryState.Differs, stated, counted);
    }

    private static bool Same(long? stated, long counted) => stated is null || stated == counted;
}
