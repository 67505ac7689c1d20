namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Reads UnionPay's transaction detail by the columns that the settings name; see <see cref="UnionPayLayout"/>. It has
/// no summary: whether a file was cut off at the end of a line shows only beside rows and sum that somebody stated.
/// Immutable; pure.
/// </summary>
internal sealed class UnionPayBill(UnionPayLayout layout)
{
    private const char Remark = '#';

    private readonly string[] _time = UnionPayLayout.Names(layout.Time);
    private readonly string[] _settlement = UnionPayLayout.Names(layout.SettlementDay);
    private readonly string[] _transaction = UnionPayLayout.Names(layout.Transaction);
    private readonly string[] _original = UnionPayLayout.Names(layout.OriginalTransaction);
    private readonly string[] _order = UnionPayLayout.Names(layout.MerchantOrder);
    private readonly string[] _kind = UnionPayLayout.Names(layout.Kind);
    private readonly string[] _amount = UnionPayLayout.Names(layout.Amount);
    private readonly string[] _currency = UnionPayLayout.Names(layout.Currency);
    private readonly string[] _account = UnionPayLayout.Names(layout.Account);
    private readonly string[] _merchant = UnionPayLayout.Names(layout.Merchant);
    private readonly string[] _terminal = UnionPayLayout.Names(layout.Terminal);
    private readonly string[] _payments = UnionPayLayout.Names(layout.Payments);
    private readonly string[] _refunds = UnionPayLayout.Names(layout.Refunds);
    private readonly string[] _timeFormats = UnionPayLayout.Names(layout.TimeFormats);
    private readonly string[] _dayFormats = UnionPayLayout.Names(layout.DayFormats);

    /// <summary>Reads the lines of a file.</summary>
    public BillReading Read(string[] lines, string encoding, BillDay day)
    {
        var header = BillFile.FindHeader(lines, line => _kind.Any(n => line.Contains(n, StringComparison.Ordinal))
            && _amount.Any(n => line.Contains(n, StringComparison.Ordinal)));
        if (header < 0)
        {
            return BillFile.NotThisLayout(lines);
        }

        var end = Array.FindIndex(lines, header + 1, line => line.StartsWith(Remark));
        var text = string.Join('\n', lines[header..(end < 0 ? lines.Length : end)]);
        return BillBody.Read(
            new BillSection(text, header, encoding), [_time, _kind, _amount, [.. _transaction, .. _order]], day,
            fields => ReadRow(fields, day.OperatorId), _ => new BillEnd((true, true), SummaryState.None, null));
    }

    private RowReading ReadRow(BillFields fields, string operatorId)
    {
        var word = fields.Text(_kind);
        var isRefund = _refunds.Contains(word);
        if (!isRefund && !_payments.Contains(word))
        {
            return new RowReading.Refused(BillRefusal.UnknownKind, word);
        }

        if (fields.Has(_currency) && fields.Text(_currency) is not "CNY" and not "156" and not "人民币" and var currency)
        {
            return new RowReading.Refused(BillRefusal.ForeignCurrency, currency);
        }

        // Whether a refund's amount has a minus sign differs from acquirer to acquirer; the kind says what it is.
        var signed = fields.Amount(layout.AmountInFen, _amount);
        if ((isRefund && signed < 0 ? -signed : signed) is not (>= 0 and var amount))
        {
            return new RowReading.Refused(BillRefusal.BadAmount, fields.Text(_amount));
        }

        if (amount == 0)
        {
            return new RowReading.Nothing(isRefund ? BillKind.Refund : BillKind.Payment, 0);
        }

        if (fields.Number(_transaction) is not { } own)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(_transaction));
        }

        if (fields.Number(_original) is not { } original)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(_original));
        }

        if (fields.Number(_order) is not { } order)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(_order));
        }

        if (isRefund ? original.Length == 0 || own.Length == 0 : own.Length == 0 && order.Length == 0)
        {
            return new RowReading.Refused(
                BillRefusal.MissingNumber, own.Length == 0 ? layout.Transaction : layout.OriginalTransaction);
        }

        return ReadMoney(fields, isRefund ? BillKind.Refund : BillKind.Payment, amount, isRefund
            ? new BillNumbers(original, own, order, "")
            : new BillNumbers(own.Length > 0 ? own : BillNumbers.WithoutNumber(operatorId, order), "", order, ""));
    }

    private RowReading ReadMoney(BillFields fields, BillKind kind, long amountFen, BillNumbers numbers)
    {
        if (fields.Time(_timeFormats, _time) is not { } time)
        {
            return new RowReading.Refused(BillRefusal.BadTime, fields.Text(_time));
        }

        DateOnly? settled = fields.Has(_settlement) ? fields.Day(_dayFormats, _settlement) : fields.DayOf(time);
        if (settled is not { } day)
        {
            return new RowReading.Refused(BillRefusal.BadTime, fields.Text(_settlement));
        }

        // The settlement day begins an hour before midnight; anything farther away is another day's line.
        if (Math.Abs(fields.DayOf(time).DayNumber - day.DayNumber) > 1)
        {
            return new RowReading.Refused(BillRefusal.OutsideBillDay, fields.Text(_time));
        }

        return new RowReading.Money(new BillRow(
            fields.Line, kind, numbers, amountFen, time, day, fields.Text(_account), fields.Terminal(_terminal))
        {
            Merchant = fields.Number(_merchant) ?? "",
        });
    }
}
