using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using Microsoft.AspNetCore.Mvc;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Vends: request, outcome, look-up.</summary>
internal static class VendEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapVends(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/vends", RequestAsync)
            .Accepts<VendBody>("application/json").Produces<ApprovedAnswer>().WithDeclaredProblems(400, 409, 422, 507)
            .WithSummary("Ask whether a vend may go on. An approval reserves room for its outcome.");
        routes.MapGet("/v1/vends/{id}", Find)
            .Produces<VendStateAnswer>().WithDeclaredProblems(404).WithSummary("What is known of a vend or session.");
        routes.MapPost("/v1/vends/{id}/delivered", DeliveredAsync)
            .Accepts<SaleRequestBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 409, 422, 507)
            .WithSummary("Goods were delivered and paid. Recorded even when the vend, SKU or price is unknown.");
        routes.MapPost("/v1/vends/{id}/failed", FailedAsync)
            .Accepts<OutcomeRequestBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 409, 422, 507).WithSummary("Nothing was delivered.");
        routes.MapPost("/v1/vends/{id}/unknown", UnknownAsync)
            .Accepts<OutcomeRequestBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 409, 422, 507).WithSummary("Nobody knows whether the goods left the cabinet.");
    }

    /// <summary>The payment outcome that a word means; null for words not known.</summary>
    internal static PaymentOutcome? OutcomeOf(string? word, long amountFen) => word switch
    {
        null or "" => amountFen == 0 ? PaymentOutcome.NotPaid : PaymentOutcome.Success,
        "notPaid" => PaymentOutcome.NotPaid,
        "success" => PaymentOutcome.Success,
        "refundInExecution" => PaymentOutcome.FailRefundInExecution,
        "refundSuccess" => PaymentOutcome.FailRefundSuccess,
        "owed" => PaymentOutcome.Owed,
        _ => null,
    };

    private static async Task<IResult> RequestAsync(HttpContext context, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.VendBody);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        return Missing(body!) is { } missing
            ? Answers.Problem(ProblemKind.Missing, language, missing)
            : Answers.Of(flow.RequestVend(body!.Lines is { } lines
                ? VendRequest.For(body.Id!, [.. lines.Select(line =>
                    new VendLine(line.Slot!, line.Sku!, line.Quantity ?? 1, line.PriceFen!.Value))])
                : new VendRequest(body.Id!, body.Slot!, body.Sku!, body.PriceFen!.Value)), language);
    }

    private static string? Missing(VendBody body)
    {
        if (string.IsNullOrEmpty(body.Id))
        {
            return "id";
        }

        return body.Lines is not { } lines ? Missing(body.Slot, body.Sku, body.PriceFen, "")
            : lines.Count == 0 ? "lines"
            : lines.Select((line, i) => Missing(line?.Slot, line?.Sku, line?.PriceFen, $"lines[{i}]."))
                .FirstOrDefault(field => field is not null);
    }

    private static string? Missing(string? slot, string? sku, long? priceFen, string prefix) =>
        string.IsNullOrEmpty(slot) ? prefix + "slot"
        : string.IsNullOrEmpty(sku) ? prefix + "sku"
        : priceFen is null ? prefix + "priceFen"
        : null;

    private static IResult Find(HttpContext context, string id, [FromServices] JournalStore store) =>
        VendLookup.Find(store, id) is { } found
            ? TypedResults.Json(found, ApiJson.Readable.VendStateAnswer)
            : Answers.UnknownVend(id, context.Language());

    private static async Task<IResult> DeliveredAsync(HttpContext context, string id, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (document, fault) = await BodyReader.ReadDocumentAsync(context.Request);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        using (document)
        {
            var sale = LenientSale.Read(document!.RootElement, out fault);
            return sale is null
                ? Answers.Problem(fault!, language)
                : Answers.Of(flow.Delivered(new DeliveredReport(id, sale.Lines, sale.Payment, sale.Source)), language);
        }
    }

    private static Task<IResult> FailedAsync(HttpContext context, string id, [FromServices] VendFlow flow) =>
        OutcomeAsync(context, id, flow, static word => word switch
        {
            null or "" or "failed" => DeliveryState.Failed,
            "cannotStart" => DeliveryState.CannotStart,
            _ => null,
        });

    private static Task<IResult> UnknownAsync(HttpContext context, string id, [FromServices] VendFlow flow) =>
        OutcomeAsync(context, id, flow, static word => word switch
        {
            null or "" or "unknown" => DeliveryState.Unknown,
            "underReview" => DeliveryState.UnderReview,
            _ => null,
        });

    private static async Task<IResult> OutcomeAsync(
        HttpContext context, string id, VendFlow flow, Func<string?, DeliveryState?> stateOf)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.OutcomeRequestBody);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        var amountFen = body!.AmountFen ?? 0;
        if (stateOf(body.State) is not { } state)
        {
            return Answers.Problem(ProblemKind.UnknownWord, language, "state");
        }

        return OutcomeOf(body.Payment, amountFen) is not { } payment
            ? Answers.Problem(ProblemKind.UnknownWord, language, "payment")
            : Answers.Of(flow.Outcome(new OutcomeReport(id, state, payment, amountFen, body.Detail ?? "")
            {
                Slot = body.Slot ?? "",
                Sku = body.Sku ?? "",
            }), language);
    }
}
