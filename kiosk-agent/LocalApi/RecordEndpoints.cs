using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Microsoft.AspNetCore.Mvc;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Refunds, non-sales, and what a screen or a person reads.</summary>
internal static class RecordEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapRecords(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/refunds", RefundAsync)
            .Accepts<RefundRequestBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 404, 409, 422, 507).WithSummary("Money was given back for one line of a sale.");
        routes.MapPost("/v1/non-sales", NonSaleAsync)
            .Accepts<NonSaleRequestBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 409, 422, 507).WithSummary("Goods left the cabinet without being sold.");
        routes.MapGet("/v1/sellable", (HttpContext context, [FromServices] VendFlow flow) => TypedResults.Json(
                Answers.Of(flow.Sellable(), context.Language()), ApiJson.Readable.IReadOnlyListSellableAnswer))
            .Produces<IReadOnlyList<SellableAnswer>>().WithSummary("What a screen may offer now.");
        routes.MapGet("/v1/stock", ([FromServices] VendFlow flow) => TypedResults.Json(
                Answers.StockOf(flow.Sellable()), ApiJson.Readable.IReadOnlyListStockAnswer))
            .Produces<IReadOnlyList<StockAnswer>>().WithSummary("What is left in the slots, by count.");
        routes.MapGet("/v1/status", ([FromServices] StatusGatherer status) => TypedResults.Json(
                status.Gather(), ApiJson.Readable.StatusAnswer))
            .Produces<StatusAnswer>().WithSummary("Where this agent stands.");
    }

    private static async Task<IResult> RefundAsync(HttpContext context, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.RefundRequestBody);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        var missing = string.IsNullOrEmpty(body!.RefundNumber) ? "refundNumber"
            : body.AmountFen is null ? "amountFen"
            : string.IsNullOrEmpty(body.VendId) && string.IsNullOrEmpty(body.Journal) ? "vendId"
            : string.IsNullOrEmpty(body.VendId) && body.Seq is null ? "seq"
            : null;
        if (missing is not null)
        {
            return Answers.Problem(ProblemKind.Missing, language, missing);
        }

        SaleReference? sale = !string.IsNullOrEmpty(body.VendId) ? new SaleReference.ByVendId(body.VendId)
            : JournalId.TryParse(body.Journal, out var journal) ? new SaleReference.ByEntry(journal, body.Seq!.Value)
            : null;
        return sale is null
            ? Answers.Problem(ProblemKind.WrongType, language, "journal")
            : Answers.Of(flow.Refund(new RefundReport(body.RefundNumber!, sale, body.Line ?? 0, body.AmountFen!.Value,
                body.Quantity ?? 0, body.TransactionNumber ?? "", body.Reason ?? "")), language);
    }

    private static async Task<IResult> NonSaleAsync(HttpContext context, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.NonSaleRequestBody);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        var missing = string.IsNullOrEmpty(body!.Id) ? "id"
            : string.IsNullOrEmpty(body.Purpose) ? "purpose"
            : body.Lines is null or { Count: 0 } ? "lines"
            : null;
        if (missing is not null)
        {
            return Answers.Problem(ProblemKind.Missing, language, missing);
        }

        return PurposeOf(body.Purpose!) is not { } purpose
            ? Answers.Problem(ProblemKind.UnknownWord, language, "purpose")
            : Answers.Of(flow.NonSale(new NonSaleReport(
                body.Id!, purpose, StrictLines.OfNonSale(body.Lines!), body.Reason ?? "")), language);
    }

    private static NonSalePurpose? PurposeOf(string word) => word.ToLowerInvariant() switch
    {
        "test" => NonSalePurpose.Test,
        "free" => NonSalePurpose.Free,
        "maintenance" => NonSalePurpose.Maintenance,
        "promotion" => NonSalePurpose.Promotion,
        _ => null,
    };
}
