namespace KioskFleet.Protocol.Entries;

/// <summary>Why an entry is kept apart. Its journal's head moves on; it can be processed again later.</summary>
public enum QuarantineReason : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The header cannot be read.</summary>
    UnreadableHeader = 1,

    /// <summary>The kind or the body's version is not known here: perhaps a newer agent wrote it.</summary>
    UnknownKind = 2,

    /// <summary>The body's bytes are not what the kind says.</summary>
    UnreadableBody = 3,

    /// <summary>No line, or more than <see cref="Limits.MaxLines"/>.</summary>
    ImpossibleLineCount = 4,

    /// <summary>A quantity outside 1 to <see cref="Limits.MaxQuantity"/>.</summary>
    ImpossibleQuantity = 5,

    /// <summary>An amount that is negative, or above <see cref="Limits.MaxLineFen"/>.</summary>
    ImpossibleAmount = 6,

    /// <summary>An id that must be there is empty.</summary>
    MissingId = 7,

    /// <summary>A value outside its closed set.</summary>
    UnknownValue = 8,

    /// <summary>A refund names a line that its sale does not have.</summary>
    NoSuchLine = 9,

    /// <summary>The ledger refused the entry's values; the words are beside the reason.</summary>
    LedgerRefused = 10,

    /// <summary>The entry's corrected time lies in no year in which a cabinet can have sold.</summary>
    ImpossibleTime = 11,

    /// <summary>A refund names a sale whose month was detached from the ledger.</summary>
    SaleDetached = 12,
}

/// <summary>Which entries are possible. Pure; an impossible entry is quarantined, never refused.</summary>
public static class EntryRules
{
    /// <summary>Checks the values of a body.</summary>
    public static QuarantineReason Check(EntryBody body) => body switch
    {
        SaleBody sale => Check(sale),
        RefundBody refund => refund.RefundNumber.Length == 0 ? QuarantineReason.MissingId
            : refund.AmountFen == 0 ? QuarantineReason.ImpossibleAmount
            : refund.Line >= Limits.MaxLines ? QuarantineReason.NoSuchLine
            : refund.Quantity > Limits.MaxQuantity ? QuarantineReason.ImpossibleQuantity
            : CheckAmount(refund.AmountFen),
        NonSaleBody nonSale => Check(nonSale),
        OutcomeBody outcome => outcome.VendId.Length == 0 ? QuarantineReason.MissingId
            : !Enum.IsDefined(outcome.Delivery) || !Enum.IsDefined(outcome.Payment) ? QuarantineReason.UnknownValue
            : CheckAmount(outcome.AmountFen),
        SuccessionBody succession => Enum.IsDefined(succession.Reason)
            ? QuarantineReason.None
            : QuarantineReason.UnknownValue,
        GapBody gap => gap.FirstMissing > 0 && gap.FirstMissing <= gap.LastMissing
            ? QuarantineReason.None
            : QuarantineReason.ImpossibleQuantity,
        _ => QuarantineReason.UnknownKind,
    };

    /// <summary>Checks one line's quantity and amounts, without its texts.</summary>
    public static QuarantineReason CheckLine(int quantity, long unitPriceFen, long paidFen)
    {
        if (quantity is < 1 or > Limits.MaxQuantity)
        {
            return QuarantineReason.ImpossibleQuantity;
        }

        var price = CheckAmount(unitPriceFen);
        return price == QuarantineReason.None ? CheckAmount(paidFen) : price;
    }

    /// <summary>Checks the count of lines.</summary>
    public static QuarantineReason CheckLineCount(int count) =>
        count is < 1 or > Limits.MaxLines ? QuarantineReason.ImpossibleLineCount : QuarantineReason.None;

    private static QuarantineReason CheckAmount(long fen) =>
        fen is < 0 or > Limits.MaxLineFen ? QuarantineReason.ImpossibleAmount : QuarantineReason.None;

    private static QuarantineReason Check(SaleBody sale)
    {
        if (sale.VendId.Length == 0)
        {
            return QuarantineReason.MissingId;
        }

        if (!Enum.IsDefined(sale.Source) || !Enum.IsDefined(sale.Payment.Method))
        {
            return QuarantineReason.UnknownValue;
        }

        return sale.Lines.Aggregate(CheckLineCount(sale.Lines.Count), static (reason, line) =>
            reason != QuarantineReason.None
                ? reason
                : CheckLine(line.Quantity, line.UnitPriceFen, line.PaidFen));
    }

    private static QuarantineReason Check(NonSaleBody nonSale)
    {
        if (nonSale.VendId.Length == 0)
        {
            return QuarantineReason.MissingId;
        }

        return !Enum.IsDefined(nonSale.Purpose)
            ? QuarantineReason.UnknownValue
            : nonSale.Lines.Aggregate(CheckLineCount(nonSale.Lines.Count), static (reason, line) =>
                reason != QuarantineReason.None ? reason : CheckLine(line.Quantity, line.UnitPriceFen, 0));
    }
}
