using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using Microsoft.AspNetCore.Mvc;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Open-door sessions: open, close, settle, adjust.</summary>
internal static class SessionEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sessions", OpenAsync)
            .Accepts<SessionBody>("application/json").Produces<ApprovedAnswer>()
            .WithDeclaredProblems(400, 409, 422, 507)
            .WithSummary("Ask whether the door may be opened.");
        routes.MapPost("/v1/sessions/{id}/close", Close)
            .Produces<ClosedAnswer>().WithDeclaredProblems(409, 422).WithSummary("The door is closed.");
        routes.MapPost("/v1/sessions/{id}/settle", SettleAsync)
            .Accepts<SettleBody>("application/json").Produces<RecordedAnswer>().WithDeclaredProblems(400, 409, 422, 507)
            .WithSummary("What was taken and paid, or what is owed.");
        routes.MapPost("/v1/sessions/{id}/adjust", AdjustAsync)
            .Accepts<AdjustBody>("application/json").Produces<RecordedAnswer>()
            .WithDeclaredProblems(400, 404, 409, 422, 507)
            .WithSummary("A review changed what a settled session took.");
    }

    private static async Task<IResult> OpenAsync(HttpContext context, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.SessionBody);
        return fault is not null ? Answers.Problem(fault, language)
            : string.IsNullOrEmpty(body!.Id) ? Answers.Problem(ProblemKind.Missing, language, "id")
            : Answers.Of(flow.OpenSession(body.Id, body.Door ?? ""), language);
    }

    private static IResult Close(HttpContext context, string id, [FromServices] VendFlow flow) =>
        Answers.Of(flow.CloseSession(id), context.Language());

    private static async Task<IResult> SettleAsync(HttpContext context, string id, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (document, fault) = await BodyReader.ReadDocumentAsync(context.Request);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        using (document)
        {
            var root = document!.RootElement;
            if (!root.TryGetProperty("lines", out _) && LenientSale.TextOf(root, "owedFen").Length > 0)
            {
                return LenientSale.NumberOf(root, "owedFen") is { } owedFen
                    ? Answers.Of(flow.Owed(new OwedReport(id, owedFen,
                        LenientSale.TextOf(root, "underReview") == "true",
                        LenientSale.TextOf(root, "detail"))), language)
                    : Answers.Problem(ProblemKind.WrongType, language, "owedFen");
            }

            var sale = LenientSale.Read(root, out fault);
            return sale is null
                ? Answers.Problem(fault!, language)
                : Answers.Of(flow.Settle(id, sale.Lines, sale.Payment), language);
        }
    }

    private static async Task<IResult> AdjustAsync(HttpContext context, string id, [FromServices] VendFlow flow)
    {
        var language = context.Language();
        var (body, fault) = await BodyReader.ReadAsync(context.Request, ApiJson.Readable.AdjustBody);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        if (body!.Number is not { } number)
        {
            return Answers.Problem(ProblemKind.Missing, language, "number");
        }

        var added = StrictLines.OfSale(body.Added ?? [], "added", out fault);
        var refunded = fault is null ? Refunded(body.Refunded ?? [], out fault) : null;
        return fault is not null
            ? Answers.Problem(fault, language)
            : Answers.Of(flow.Adjust(new AdjustReport(
                id, number, added!, StrictLines.PaymentOf(body.Payment), refunded!)), language);
    }

    private static List<RefundedSaleLine>? Refunded(IReadOnlyList<RefundedLineBody> lines, out BodyFault? fault)
    {
        var read = new List<RefundedSaleLine>(lines.Count);
        foreach (var line in lines)
        {
            if (line?.AmountFen is null)
            {
                fault = new BodyFault($"refunded[{read.Count}].amountFen", ProblemKind.Missing);
                return null;
            }

            read.Add(new RefundedSaleLine(line.Line ?? 0, line.AmountFen.Value, line.Quantity ?? 0,
                line.TransactionNumber ?? "", line.Reason ?? ""));
        }

        fault = null;
        return read;
    }
}

/// <summary>Lines of requests that are read strictly. Pure.</summary>
internal static class StrictLines
{
    /// <summary>How it was paid.</summary>
    public static Payment PaymentOf(PaymentBody? payment) => new(LenientSale.MethodOf(payment?.Method),
        payment?.MerchantOrderNumber ?? "", payment?.TransactionNumber ?? "");

    /// <summary>Lines of a sale; null with the field that is missing.</summary>
    public static List<SaleLine>? OfSale(IReadOnlyList<LineBody> lines, string name, out BodyFault? fault)
    {
        var read = new List<SaleLine>(lines.Count);
        foreach (var line in lines)
        {
            if (line?.PaidFen is not { } paidFen)
            {
                fault = new BodyFault($"{name}[{read.Count}].paidFen", ProblemKind.Missing);
                return null;
            }

            var quantity = line.Quantity ?? 1;
            read.Add(new SaleLine(line.Slot ?? "", line.Sku ?? "", line.Name ?? "", quantity,
                line.UnitPriceFen ?? paidFen / Math.Max(1, quantity), paidFen, LenientSale.ClaimOf(line.Claim)));
        }

        fault = null;
        return read;
    }

    /// <summary>Lines of a non-sale.</summary>
    public static List<NonSaleLine> OfNonSale(IReadOnlyList<LineBody> lines) =>
        [.. lines.Select(line => new NonSaleLine(line?.Slot ?? "", line?.Sku ?? "", line?.Name ?? "",
            line?.Quantity ?? 1, line?.UnitPriceFen ?? 0))];
}
