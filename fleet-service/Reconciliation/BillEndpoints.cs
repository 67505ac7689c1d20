using System.Globalization;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Tables;
using Microsoft.AspNetCore.Http.Features;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The HTTP interface of payment bills.</summary>
internal static class BillEndpoints
{
    /// <summary>Maps import and lists.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/bills").WithTags("Reconciliation");
        group.MapPost("", ImportAsync).RequireAuthorization(AccessPolicies.Write)
            .Accepts<string>("text/csv")
            .WithName("ImportBill")
            .WithSummary("Imports a provider's daily bill: provider, operator and day in the query, the file as body")
            .WithDescription(
                "WeChat Pay's 交易账单, Alipay's 业务明细 or UnionPay's transaction detail, as CSV in UTF-8 or GB18030. "
                + "Each row is taken or refused on its own; the same file again changes nothing. 'rows' (data rows) "
                + "and 'amountFen' (payments less refunds) are compared with the file where they are given, and a "
                + "difference refuses it; a bill without a summary of its own (UnionPay) is complete only with both. "
                + "'merchant' names the merchant numbers that the bill is for, parted by commas: for a bill without "
                + "a row.")
            .Produces<BillReport>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        group.MapGet("", List).RequireAuthorization(AccessPolicies.Read)
            .WithName("GetBills")
            .WithSummary("Imported bills, newest first; 'window' as for the reconciliation, without it all")
            .Produces<BackwardsPage<BillShown>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/missing", (ReconciliationQuery query, string? window, [AsParameters] DaysRequest asked) =>
                ReconciliationEndpoints.Days(query, window, nameof(BillDayStanding.Missing), asked))
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetMissingBills")
            .WithSummary("Operators, providers and days whose bill should be there and is not")
            .Produces<ResultPage<BillDayShown>>().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ImportAsync(
        HttpContext context, BillImporter importer, BillStore bills, ReconciliationQuery query,
        [AsParameters] BillRequest asked, CancellationToken cancellationToken)
    {
        if (BillProviders.Parse(asked.Provider) is not { } provider)
        {
            return Problem("BadProvider", "provider", asked.Provider);
        }

        if (!DateOnly.TryParseExact(
            asked.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.Year < 1970 || day > query.Today)
        {
            return Problem("BadDay", "day", asked.Day);
        }

        if (!TryMerchants(asked.Merchant, out var merchants))
        {
            return Problem("BadMerchant", "merchant", asked.Merchant);
        }

        if (string.IsNullOrEmpty(asked.Operator) || !bills.KnowsOperator(asked.Operator))
        {
            return ReconciliationTexts.Problem(
                StatusCodes.Status404NotFound, "UnknownOperator", "operator", asked.Operator ?? "");
        }

        // The server's own limit is for requests in general; this one is read with a limit of its own.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var bytes = await UploadBody.ReadAsync(
            context.Request.Body, ReconciliationLimits.MaxBillBytes, cancellationToken);
        var outcome = bytes is null
            ? new BillOutcomeOfImport.Refused(BillProblem.TooLarge, $"> {ReconciliationLimits.MaxBillBytes}")
            : await importer.ImportAsync(
                bytes,
                new BillName(provider, asked.Operator, day)
                {
                    Stated = new StatedBill(asked.Rows, asked.AmountFen, merchants),
                },
                AccessPolicies.Actor(context.User), cancellationToken);
        return Answer(outcome);
    }

    private static IResult Answer(BillOutcomeOfImport outcome) => outcome switch
    {
        BillOutcomeOfImport.Imported imported => Results.Json(Shortened(imported.Report), ReconciliationTexts.Json),
        BillOutcomeOfImport.OfAnother other => ReconciliationTexts.Problem(
            StatusCodes.Status409Conflict, "MerchantOfAnother", "merchant", other.Merchant,
            ("operator", other.OperatorId)),
        BillOutcomeOfImport.Refused refused => ReconciliationTexts.Problem(
            refused.Problem == BillProblem.TooLarge
                ? StatusCodes.Status413PayloadTooLarge
                : StatusCodes.Status400BadRequest,
            refused.Problem.ToString(), "file", refused.Got),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    /// <summary>Merchant numbers parted by commas, each once; none of nothing.</summary>
    private static bool TryMerchants(string? text, out IReadOnlyList<string> merchants)
    {
        merchants = [.. (text ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        return merchants.Count <= ReconciliationLimits.MaxMerchants && merchants.All(BillFields.IsNumber);
    }

    private static IResult List(
        BillStore bills, ReconciliationQuery query, string? window, [AsParameters] BillsRequest asked)
    {
        if (!ReconciliationEndpoints.TryWindow(query, window, out var found, out var problem))
        {
            return problem;
        }

        PaymentMethod? provider = null;
        if (!string.IsNullOrEmpty(asked.Provider) && (provider = BillProviders.Parse(asked.Provider)) is null)
        {
            return Problem("BadProvider", "provider", asked.Provider);
        }

        var days = string.IsNullOrEmpty(window) ? (0, int.MaxValue) : (found.FromNumber, found.ToNumber);
        var count = Math.Clamp(
            asked.Count ?? ReconciliationLimits.DefaultPageSize, 1, ReconciliationLimits.MaxPageSize);
        return Results.Json(
            bills.Page((asked.Operator ?? "", provider?.ToString() ?? ""), days, asked.Before, count),
            ReconciliationTexts.Json);
    }

    private static BillReport Shortened(BillReport report) => report with
    {
        Refused = [.. report.Refused.Take(ReconciliationLimits.MaxRefusedShown)],
    };

    private static IResult Problem(string text, string field, string? got) =>
        ReconciliationTexts.Problem(StatusCodes.Status400BadRequest, text, field, got ?? "");
}

/// <summary>Which bill is brought.</summary>
internal sealed record BillRequest
{
    public string? Provider { get; init; }

    public string? Operator { get; init; }

    public string? Day { get; init; }

    public long? Rows { get; init; }

    public long? AmountFen { get; init; }

    public string? Merchant { get; init; }
}

/// <summary>Which bills.</summary>
internal sealed record BillsRequest
{
    public string? Operator { get; init; }

    public string? Provider { get; init; }

    public long? Before { get; init; }

    public int? Count { get; init; }
}
