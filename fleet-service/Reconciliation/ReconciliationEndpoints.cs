using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Http;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The HTTP interface of recorded sales beside payment bills.</summary>
internal static class ReconciliationEndpoints
{
    private const string AllTime = "since-launch";

    private static readonly TimeSpan Patience =
        TimeSpan.FromMilliseconds(ReconciliationLimits.PatienceMilliseconds);

    /// <summary>Maps figures and lists.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string Windows = "'window' is a day (2026-11-05), week (2026-W45), month (2026-11), quarter (2026-Q4), "
            + "trailing-N or since-launch; without it the present month.";
        var group = routes.MapGroup("/api/v1/reconciliation").WithTags("Reconciliation")
            .RequireAuthorization(AccessPolicies.Read);
        group.MapGet("", FiguresAsync).WithName("GetReconciliation")
            .WithSummary("What signed journals say, and how much of it payment bills confirm, by operator and county")
            .WithDescription(Windows
                + " Every sum names what proves it: signed, reconciled or billed. Payments of bills "
                + "for which no cabinet is known are in no county.")
            .Produces<FiguresShown>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/days", Days).WithName("GetReconciliationDays")
            .WithSummary(
                "How the bill of each operator, provider and day stands: complete, incomplete, missing, notDue")
            .WithDescription(Windows)
            .Produces<ResultPage<BillDayShown>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/payments", PaymentsAsync).WithName("GetUnrecordedPayments")
            .WithSummary("Payments of bills without a sale; 'state' is paidNotRecorded or all")
            .WithDescription(Windows)
            .Produces<ResultPage<PaymentShown>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{cabinet}/sales", SalesAsync).WithName("GetSalesBesideBills")
            .WithSummary("A cabinet's sales beside their payments; 'state' is matched, pending, differs, missing, "
                + "notByBill")
            .WithDescription(Windows)
            .Produces<BackwardsPage<SaleBesideBill>>().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    /// <summary>Reads a window's name, the present month without one; false with the problem when it is none.</summary>
    internal static bool TryWindow(
        ReconciliationQuery query, string? name, [NotNullWhen(true)] out JudgingWindow? window,
        [NotNullWhen(false)] out IResult? problem)
    {
        window = string.IsNullOrEmpty(name)
            ? JudgingWindow.Of("month", query.Today)
            : JudgingWindow.Parse(name, query.Today);
        problem = window is null
            ? ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadWindow", "window", name ?? "")
            : null;
        return window is not null;
    }

    /// <summary>A page of days; only those with a standing, or all.</summary>
    internal static IResult Days(
        ReconciliationQuery query, string? window, string? state, [AsParameters] DaysRequest asked)
    {
        if (!TryWindow(query, window, out var found, out var problem))
        {
            return problem;
        }

        BillDayStanding? standing = null;
        if (!string.IsNullOrEmpty(state))
        {
            if (EnumWord.Parse<BillDayStanding>(state) is not { } parsed)
            {
                return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadDayState", "state", state);
            }

            standing = parsed;
        }

        if (asked.Provider is { Length: > 0 } && BillProviders.Parse(asked.Provider) is null)
        {
            return ReconciliationTexts.Problem(
                StatusCodes.Status400BadRequest, "BadProvider", "provider", asked.Provider);
        }

        // Nothing is expected in the future, and nobody reads a century day by day.
        var to = found.To < query.Today.AddDays(1) ? found.To : query.Today.AddDays(1);
        var earliest = to.AddDays(-ReconciliationLimits.MaxDaysListed);
        var rows = query.Days(found.From < earliest ? earliest : found.From, to)
            .Where(d => string.IsNullOrEmpty(asked.Operator) || d.OperatorId == asked.Operator)
            .Where(d => string.IsNullOrEmpty(asked.Provider)
                || d.Provider.Equals(asked.Provider, StringComparison.OrdinalIgnoreCase))
            .Where(d => standing is null || d.Standing == standing)
            .ToList();
        return Results.Json(
            ResultPage<BillDayShown>.Cut(rows, asked.Page, asked.PageSize), ReconciliationTexts.Json);
    }

    private static async Task<IResult> FiguresAsync(
        ReconciliationQuery query, RecordedProjection projection, PlacesDataSet places,
        [AsParameters] FiguresRequest asked, CancellationToken cancellationToken)
    {
        if (!TryWindow(query, asked.Window, out var window, out var problem))
        {
            return problem;
        }

        if (!string.IsNullOrEmpty(asked.County) && places.CountyOf(asked.County) is null)
        {
            return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadCounty", "county", asked.County);
        }

        if (!string.IsNullOrEmpty(asked.Cabinet) && !CabinetId.TryParse(asked.Cabinet, out _))
        {
            return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadCabinet", "cabinet", asked.Cabinet);
        }

        var isCurrent = await projection.TryCatchUpAsync(Patience, cancellationToken);
        var filter = new SaleFilter(
            window.FromNumber, window.ToNumber, asked.Operator ?? "", asked.County ?? "", asked.Cabinet ?? "");
        return Results.Json(query.Figures(window, filter, isCurrent), ReconciliationTexts.Json);
    }

    private static async Task<IResult> SalesAsync(
        string cabinet, ReconciliationQuery query, RecordedProjection projection, [AsParameters] SalesRequest asked,
        CancellationToken cancellationToken)
    {
        if (!CabinetId.TryParse(cabinet, out _))
        {
            return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadCabinet", "cabinet", cabinet);
        }

        if (!TryWindow(query, asked.Window ?? AllTime, out var window, out var problem))
        {
            return problem;
        }

        SaleState? state = null;
        if (!string.IsNullOrEmpty(asked.State))
        {
            if (EnumWord.Parse<SaleState>(asked.State) is not { } parsed)
            {
                return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadState", "state", asked.State);
            }

            state = parsed;
        }

        await projection.TryCatchUpAsync(Patience, cancellationToken);
        var filter = new SaleFilter(window.FromNumber, window.ToNumber, "", "", cabinet);
        return Results.Json(query.Sales(filter, state, asked.Before, Count(asked.Count)), ReconciliationTexts.Json);
    }

    private static async Task<IResult> PaymentsAsync(
        ReconciliationQuery query, RecordedProjection projection, string? window, string? state,
        [AsParameters] DaysRequest asked, CancellationToken cancellationToken)
    {
        if (!TryWindow(query, window, out var found, out var problem))
        {
            return problem;
        }

        if (state is not null and not "" and not "all" and not "paidNotRecorded")
        {
            return ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, "BadPaymentState", "state", state);
        }

        var provider = BillProviders.Parse(asked.Provider)?.ToString();
        if (asked.Provider is { Length: > 0 } && provider is null)
        {
            return ReconciliationTexts.Problem(
                StatusCodes.Status400BadRequest, "BadProvider", "provider", asked.Provider);
        }

        await projection.TryCatchUpAsync(Patience, cancellationToken);
        var filter = new SaleFilter(found.FromNumber, found.ToNumber, asked.Operator ?? "", "", "");
        return Results.Json(
            query.Unrecorded(filter, provider, state == "paidNotRecorded", asked.Page ?? 1, Count(asked.PageSize)),
            ReconciliationTexts.Json);
    }

    private static int Count(int? asked) =>
        Math.Clamp(asked ?? ReconciliationLimits.DefaultPageSize, 1, ReconciliationLimits.MaxPageSize);
}

/// <summary>Which figures.</summary>
internal sealed record FiguresRequest
{
    public string? Window { get; init; }

    public string? County { get; init; }

    public string? Operator { get; init; }

    public string? Cabinet { get; init; }
}

/// <summary>Which sales.</summary>
internal sealed record SalesRequest
{
    public string? Window { get; init; }

    public string? State { get; init; }

    public long? Before { get; init; }

    public int? Count { get; init; }
}

/// <summary>Which days.</summary>
internal sealed record DaysRequest
{
    public string? Operator { get; init; }

    public string? Provider { get; init; }

    public int? Page { get; init; }

    public int? PageSize { get; init; }
}
