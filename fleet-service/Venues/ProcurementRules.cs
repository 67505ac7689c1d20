using System.Globalization;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Checks plans and purchases of budget units on a procurement platform (年度采购计划): they are kept apart from the
/// city's sales and never added to them. Pure.
/// </summary>
internal sealed class ProcurementRules(PlacesDataSet places)
{
    private const int LastYear = 2999;

    /// <summary>Columns that a table of purchases must have.</summary>
    public static readonly string[] Required = ["unit", "document_number", "evidence"];

    /// <summary>All columns.</summary>
    public static readonly string[] Known =
    [
        .. Required, "platform", "reverses", "first_day", "last_day", "amount_yuan", "amount_fen", "note",
    ];

    /// <summary>The columns, as the interface's description names them.</summary>
    public const string Columns = "unit, document_number, evidence (required); platform, reverses, first_day, "
        + "last_day, amount_yuan or amount_fen, note";

    /// <summary>The platforms of the data set.</summary>
    public IReadOnlyList<VenueKind> Platforms { get; } = [.. places.VenueKinds.Where(k => k.YearlyPlanBy is not null)];

    /// <summary>A platform by id, or the only one when none is named; null when that names none.</summary>
    public VenueKind? PlatformOf(string? id) => string.IsNullOrEmpty(id)
        ? Platforms.Count == 1 ? Platforms[0] : null
        : Platforms.FirstOrDefault(p => p.Id == id);

    /// <summary>The last day of a platform's plan in a year.</summary>
    public static DateOnly DueOf(VenueKind platform, int year)
    {
        var by = platform.YearlyPlanBy!.Value;
        return new DateOnly(year, by.Month, Math.Min(by.Day, DateTime.DaysInMonth(year, by.Month)));
    }

    /// <summary>Reads a plan; exactly one of the results is not null.</summary>
    public (ProcurementPlan? Plan, Refusal? Refusal) Read(string unit, int year, ProcurementPlanRequest request)
    {
        var plan = new MoneyText(request.PlanYuan, request.PlanFen).Read("planYuan", out var badMoney);
        var platform = PlatformOf(request.Platform);
        var refusal = platform is null ? new Refusal(RefusalCode.NoPlatform, "platform", request.Platform)
            : !FleetRequestRules.IsId(unit) ? new Refusal(RefusalCode.BadUnit, "unit", unit)
            : year < VenueLimits.FirstDay.Year || year > LastYear ? new Refusal(RefusalCode.BadYear, "year", $"{year}")
            : !VenueRequestRules.IsName(request.Name) ? new Refusal(RefusalCode.BadName, "name", request.Name)
            : !VenueRequestRules.IsPlace(places, request.County)
                ? new Refusal(RefusalCode.BadCounty, "county", request.County)
            : badMoney ?? (plan is null ? new Refusal(RefusalCode.MoneyMissing, "planYuan", null)
                : DocumentRules.Check("-", null, request.Evidence, null));
        return refusal is not null
            ? (null, refusal)
            : (new ProcurementPlan(platform!.Id, unit, year, request.Name!.Trim(), request.County!, plan!.Value,
                request.Evidence!.Trim()), null);
    }

    /// <summary>Reads a purchase; exactly one of the results is not null.</summary>
    public (PurchaseDraft? Draft, Refusal? Refusal) Read(PurchaseRequest request, DateOnly today)
    {
        var platform = PlatformOf(request.Platform);
        var isCounter = !string.IsNullOrEmpty(request.Reverses);
        var amount = new MoneyText(request.AmountYuan, request.AmountFen).Read("amountYuan", out var badMoney);
        var refusal = platform is null ? new Refusal(RefusalCode.NoPlatform, "platform", request.Platform)
            : !FleetRequestRules.IsId(request.Unit) ? new Refusal(RefusalCode.BadUnit, "unit", request.Unit)
            : DocumentRules.Check(request.DocumentNumber, request.Reverses, request.Evidence, request.Note)
                ?? badMoney
                ?? (amount is null && !isCounter ? new Refusal(RefusalCode.MoneyMissing, "amountYuan", null) : null)
                ?? (isCounter && !string.IsNullOrEmpty(request.FirstDay ?? request.LastDay)
                    ? new Refusal(RefusalCode.CounterNamesMore, "firstDay", request.FirstDay ?? request.LastDay)
                    : null);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var (period, badPeriod) = isCounter ? (null, null)
            : DayText.Period(request.FirstDay, request.LastDay, today);
        if (badPeriod is not null)
        {
            return (null, badPeriod);
        }

        if (period is var (first, last) && first.Year != last.Year)
        {
            return (null, new Refusal(RefusalCode.BadYear, "lastDay", request.LastDay));
        }

        var (evidence, note) = (request.Evidence!.Trim(), request.Note?.Trim() ?? "");
        var content = string.Join('\u001f', platform!.Id, request.Reverses, $"{period?.First:yyyy-MM-dd}",
            $"{period?.Last:yyyy-MM-dd}", $"{amount}", evidence, note);
        return (new PurchaseDraft(platform.Id, request.Unit!, request.DocumentNumber!, content,
            isCounter ? request.Reverses : null, period, amount, evidence, note), null);
    }

    /// <summary>
    /// What a counter-document takes back: all that is left, or an amount within it. Exactly one of the results is not
    /// null.
    /// </summary>
    public static (long? Fen, Refusal? Refusal) Reverse(long leftFen, long? statedFen) =>
        leftFen == 0 || statedFen > leftFen
            ? (null, new Refusal(RefusalCode.ReversesMore, "amountYuan",
                string.Create(CultureInfo.InvariantCulture, $"{statedFen} > {leftFen} fen")))
            : (statedFen ?? leftFen, null);

    /// <summary>Reads one row of a table; exactly one of the results is not null.</summary>
    public static (PurchaseRequest? Request, Refusal? Refusal) Row(TableReading.Table table, TableRow row)
    {
        string? Field(string column) => table.Field(row, column) is { Length: > 0 } text ? text : null;

        var (fen, bad) = IntakeBody.Fen(Field("amount_fen") ?? "", "amount_fen");
        return bad is not null ? (null, bad) : (new PurchaseRequest
        {
            Platform = Field("platform"),
            Unit = Field("unit"),
            DocumentNumber = Field("document_number"),
            Reverses = Field("reverses"),
            FirstDay = Field("first_day"),
            LastDay = Field("last_day"),
            AmountYuan = Field("amount_yuan"),
            AmountFen = fen,
            Evidence = Field("evidence"),
            Note = Field("note"),
        }, null);
    }
}
