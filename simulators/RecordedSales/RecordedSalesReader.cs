using System.Text;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>
/// Turns a file of recorded sales into events, row by row; every data row is accepted or refused with its line and
/// reason. A vend's id is the order number and how often that number had occurred by then in the file
/// (<c>DD123-1</c>, <c>DD123-2</c>), refused rows counted: rows that repeat an order number are all kept, and the same
/// file gives the same ids again. For one enumeration; not thread-safe.
/// </summary>
internal sealed class RecordedSalesReader
{
    private readonly RecordedSalesOptions _options;
    private readonly RecordedTable _table;
    private readonly Dictionary<string, int> _occurrences = new(StringComparer.Ordinal);
    private readonly Dictionary<CabinetId, long> _sequences = [];

    private RecordedSalesReader(RecordedTable table, RecordedSalesOptions options)
    {
        _table = table;
        _options = options;
    }

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file; it can seek, and stays open while rows are read.</param>
    /// <param name="options">How to read it.</param>
    /// <returns>The reader, or what is wrong with the header.</returns>
    public static (RecordedSalesReader? Reader, string? Problem) Open(Stream stream, RecordedSalesOptions options)
    {
        var (table, problem) = RecordedTable.Open(stream, options.Encoding, options.Columns.Named);
        return (table is null ? null : new RecordedSalesReader(table, options), problem);
    }

    /// <summary>The data rows in the order of the file.</summary>
    public IEnumerable<RecordedRow> Rows() => _table.Rows().Select(Read);

    private RecordedRow Read(TableRow row)
    {
        // Counted before anything is judged, so that mending a row later does not move the ids of others.
        var order = row.Fault is null ? row[_options.Columns.Order] : "";
        var occurrence = order.Length == 0 ? 0 : _occurrences[order] = _occurrences.GetValueOrDefault(order) + 1;
        RecordedVend vend = default;
        if ((row.Fault ?? Check(row, out vend)) is { } refusal)
        {
            var paidFen = row.Fault is null && Money.TryParseYuan(row[_options.Columns.Paid], out var amount)
                ? amount.Fen
                : (long?)null;
            return row.Refuse(refusal, paidFen);
        }

        return new AcceptedRow(row.Line, Optional(row, _options.Columns.Place), Events(vend, $"{order}-{occurrence}"));
    }

    private (RefusalReason, string)? Check(TableRow row, out RecordedVend vend)
    {
        vend = default;
        var columns = _options.Columns;
        foreach (var required in new[] { columns.Order, columns.Device, columns.Paid, columns.Product, columns.PaidAt })
        {
            if (row[required].Length == 0)
            {
                return (RefusalReason.MissingValue, $"{required} is empty.");
            }
        }

        if (!CabinetId.TryParse(row[columns.Device], out var cabinet))
        {
            return Wrong(row, columns.Device, RefusalReason.NotACabinetId, "that cannot be a cabinet id.");
        }

        var amounts = Amount(row, columns.Paid, out var paidFen);
        var dueFen = paidFen;
        amounts ??= columns.Due.Length == 0 ? null : Amount(row, columns.Due, out dueFen);
        if (amounts is not null)
        {
            return amounts;
        }

        if (RecordedTime.Read(row[columns.PaidAt], out var at) is { } wrongTime)
        {
            return Wrong(row, columns.PaidAt, wrongTime, wrongTime switch
            {
                RefusalReason.ImpossibleDate => "that day does not exist.",
                RefusalReason.ImpossibleTime => "that time of day does not exist.",
                _ => "it takes a moment such as 2017/1/1 19:29.",
            });
        }

        var state = RecordedState.Sold;
        if (columns.State.Length > 0 && !_options.States.TryGetValue(row[columns.State], out state))
        {
            return Wrong(row, columns.State, RefusalReason.UnknownState, "no meaning is set for it.");
        }

        var sku = Optional(row, columns.Sku) is { Length: > 0 } own ? own : RecordedSku.Of(row[columns.Product]);
        var line = new SaleLine(Optional(row, columns.Slot), sku, row[columns.Product], 1, dueFen, paidFen);
        vend = new RecordedVend(cabinet, at, row[columns.Order], state, line);
        return CheckLengths(vend);
    }

    private static (RefusalReason, string)? CheckLengths(RecordedVend vend)
    {
        // A dash and the occurrence come after the order number.
        const int SuffixBytes = 11;
        (string Text, int Max)[] texts =
        [
            (vend.Order, Limits.MaxIdBytes - SuffixBytes),
            (vend.Line.Sku, Limits.MaxIdBytes),
            (vend.Line.Slot, Limits.MaxSlotBytes),
            (vend.Line.Name, Limits.MaxTextBytes),
        ];
        foreach (var (text, max) in texts)
        {
            if (Encoding.UTF8.GetByteCount(text) > max)
            {
                return (RefusalReason.TextTooLong, $"'{text}' is longer than {max} bytes.");
            }
        }

        return null;
    }

    private static (RefusalReason, string)? Amount(TableRow row, string column, out long fen)
    {
        fen = 0;
        if (!Money.TryParseYuan(row[column], out var money))
        {
            return Wrong(row, column, RefusalReason.UnreadableAmount, "it takes yuan with at most two decimals.");
        }

        fen = money.Fen;
        return fen is >= 0 and <= Limits.MaxLineFen
            ? null
            : Wrong(row, column, RefusalReason.ImpossibleAmount, $"it takes 0 to {new Money(Limits.MaxLineFen)}.");
    }

    private static (RefusalReason, string) Wrong(TableRow row, string column, RefusalReason reason, string takes) =>
        (reason, $"{column} is '{row[column]}': {takes}");

    private static string Optional(TableRow row, string column) => column.Length == 0 ? "" : row[column];

    /// <summary>What was not paid for is a free vend (promotion): a NonSale, whatever its price.</summary>
    private LoadEvent[] Events(RecordedVend vend, string vendId)
    {
        var line = vend.Line;
        var payment = new Payment(PaymentMethod.Other, vend.Order, "");
        if (vend.State == RecordedState.NotDelivered)
        {
            return [new FailedVendIntent(vend.Cabinet, Next(vend.Cabinet), vend.AtUtc, vendId, [line], payment)];
        }

        if (line.PaidFen == 0)
        {
            var free = new NonSaleLine(line.Slot, line.Sku, line.Name, line.Quantity, line.UnitPriceFen);
            return
            [
                new NonSaleIntent(
                    vend.Cabinet, Next(vend.Cabinet), vend.AtUtc, vendId, NonSalePurpose.Promotion, [free]),
            ];
        }

        var sale = new SaleIntent(vend.Cabinet, Next(vend.Cabinet), vend.AtUtc, vendId, [line], payment);
        if (vend.State == RecordedState.Sold)
        {
            return [sale];
        }

        var reversed = new RefundedLine(vendId, vend.AtUtc, 0, line.Sku);
        return
        [
            sale,
            new RefundIntent(vend.Cabinet, Next(vend.Cabinet), vend.AtUtc, $"{vendId}R", reversed, line.PaidFen),
        ];
    }

    private long Next(CabinetId cabinet) => _sequences[cabinet] = _sequences.GetValueOrDefault(cabinet) + 1;

    private readonly record struct RecordedVend(
        CabinetId Cabinet, DateTimeOffset AtUtc, string Order, RecordedState State, SaleLine Line);
}
