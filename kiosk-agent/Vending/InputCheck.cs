using System.Text;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>
/// Which reports can be recorded. Pure. Ids, counts and money must be right, since nothing can be recorded under a
/// wrong one;
/// other texts that are too long are cut instead, because the sale happened.
/// </summary>
internal static class InputCheck
{
    /// <summary>Highest number of an adjustment.</summary>
    public const int MaxAdjustment = 999;

    /// <summary>Bytes kept free in a session id for its adjustments: <c>#adj999#r99</c>.</summary>
    private const int AdjustmentBytes = 11;

    /// <summary>Checks an id.</summary>
    public static InputProblem? Id(string? id, string field, int maxBytes = Limits.MaxIdBytes) =>
        string.IsNullOrEmpty(id) ? new InputProblem(field, InputFault.Missing)
        : Encoding.UTF8.GetByteCount(id) > maxBytes ? new InputProblem(field, InputFault.TooLong)
        : null;

    /// <summary>Checks a session id, which leaves room for adjustments.</summary>
    public static InputProblem? SessionId(string? id) => Id(id, "id", Limits.MaxIdBytes - AdjustmentBytes);

    /// <summary>Checks an amount.</summary>
    public static InputProblem? Amount(long fen, string field, long least = 0) =>
        fen < least || fen > Limits.MaxLineFen ? new InputProblem(field, InputFault.OutOfRange) : null;

    /// <summary>Checks a count.</summary>
    public static InputProblem? Count(long value, string field, long least, long most) =>
        value < least || value > most ? new InputProblem(field, InputFault.OutOfRange) : null;

    /// <summary>Checks a door; it may be empty.</summary>
    public static InputProblem? Door(string? door) =>
        Encoding.UTF8.GetByteCount(door ?? "") > Limits.MaxSlotBytes
            ? new InputProblem("door", InputFault.TooLong)
            : null;

    /// <summary>Checks a request.</summary>
    public static InputProblem? Of(VendRequest request) => Id(request.Id, "id")
        ?? (request.Basket.Count > 0
            ? Lines(request.Basket)
            : Id(request.Slot, "slot", Limits.MaxSlotBytes)
                ?? Id(request.Sku, "sku")
                ?? Amount(request.PriceFen, "priceFen"));

    /// <summary>Checks the lines of a request.</summary>
    public static InputProblem? Lines(IReadOnlyList<VendLine> lines)
    {
        var problem = LineCount(lines.Count, "lines");
        for (var i = 0; i < lines.Count && problem is null; i++)
        {
            problem = Id(lines[i].Slot, $"lines[{i}].slot", Limits.MaxSlotBytes)
                ?? Id(lines[i].Sku, $"lines[{i}].sku")
                ?? Count(lines[i].Quantity, $"lines[{i}].quantity", 1, Limits.MaxQuantity)
                ?? Amount(lines[i].AmountFen, $"lines[{i}].priceFen");
        }

        return problem;
    }

    /// <summary>Checks the lines of a sale.</summary>
    public static InputProblem? Lines(IReadOnlyList<SaleLine> lines, string field = "lines")
    {
        var problem = LineCount(lines.Count, field);
        for (var i = 0; i < lines.Count && problem is null; i++)
        {
            problem = Count(lines[i].Quantity, $"{field}[{i}].quantity", 1, Limits.MaxQuantity)
                ?? Amount(lines[i].UnitPriceFen, $"{field}[{i}].unitPriceFen")
                ?? Amount(lines[i].PaidFen, $"{field}[{i}].paidFen");
        }

        return problem;
    }

    /// <summary>Checks the lines of a non-sale.</summary>
    public static InputProblem? Lines(IReadOnlyList<NonSaleLine> lines)
    {
        var problem = LineCount(lines.Count, "lines");
        for (var i = 0; i < lines.Count && problem is null; i++)
        {
            problem = Count(lines[i].Quantity, $"lines[{i}].quantity", 1, Limits.MaxQuantity)
                ?? Amount(lines[i].UnitPriceFen, $"lines[{i}].unitPriceFen");
        }

        return problem;
    }

    /// <summary>Checks the money of a refund.</summary>
    public static InputProblem? Refund(int line, long amountFen, int quantity, string prefix = "") =>
        Count(line, prefix + "line", 0, Limits.MaxLines - 1)
        ?? Amount(amountFen, prefix + "amountFen", 1)
        ?? Count(quantity, prefix + "quantity", 0, Limits.MaxQuantity);

    /// <summary>A text as it is recorded.</summary>
    public static string Text(string? text, int maxBytes = Limits.MaxTextBytes) =>
        Utf8Text.Cut(text ?? "", maxBytes, out _);

    /// <summary>A sale line as it is recorded, and whether a text was cut.</summary>
    public static SaleLine Fit(SaleLine line, ref bool cut)
    {
        var slot = Utf8Text.Cut(line.Slot ?? "", Limits.MaxSlotBytes, out var slotCut);
        var sku = Utf8Text.Cut(line.Sku ?? "", Limits.MaxIdBytes, out var skuCut);
        var name = Utf8Text.Cut(line.Name ?? "", Limits.MaxTextBytes, out var nameCut);
        cut |= slotCut || skuCut || nameCut;
        return line with { Slot = slot, Sku = sku, Name = name };
    }

    /// <summary>A payment as it is recorded, and whether a text was cut.</summary>
    public static Payment Fit(Payment payment, ref bool cut)
    {
        var order = Utf8Text.Cut(payment.MerchantOrderNumber ?? "", Limits.MaxTextBytes, out var orderCut);
        var transaction = Utf8Text.Cut(payment.TransactionNumber ?? "", Limits.MaxTextBytes, out var transactionCut);
        cut |= orderCut || transactionCut;
        return new Payment(payment.Method, order, transaction);
    }

    private static InputProblem? LineCount(int count, string field) =>
        count == 0 ? new InputProblem(field, InputFault.Missing)
        : count > Limits.MaxLines ? new InputProblem(field, InputFault.TooLong)
        : null;
}
