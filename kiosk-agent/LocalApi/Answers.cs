using KioskFleet.Agent.Texts;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Turns the vend flow's answers into HTTP's. Pure.</summary>
internal static class Answers
{
    /// <summary>A problem as a result.</summary>
    public static IResult Problem(ProblemKind kind, Language language, string? field = null) =>
        Problem(Problems.Make(kind, language, field));

    /// <summary>Nothing is known under an id.</summary>
    public static IResult UnknownVend(string id, Language language) =>
        Problem(Problems.Make(ProblemKind.UnknownVend, language, "id", id));

    /// <summary>What is wrong with a body, as a result.</summary>
    public static IResult Problem(BodyFault fault, Language language) =>
        Problem(fault.Problem, language, fault.Field.Length == 0 ? null : fault.Field);

    /// <summary>The answer to a vend request or the opening of a session.</summary>
    public static IResult Of(VendAnswer answer, Language language) => answer switch
    {
        VendAnswer.Approved approved => TypedResults.Json(
            new ApprovedAnswer(true, DateTimeOffset.FromUnixTimeMilliseconds(approved.UntilWallUtcMs),
                approved.RemainingMs, approved.HeadroomFen, WordOf(approved.Warning),
                approved.Warning is { } warning ? Problems.TextOf(warning, language) : null),
            ApiJson.Readable.ApprovedAnswer),
        VendAnswer.Denied denied => Problem(Problems.Of(denied.Reason, denied.HeadroomFen, language)),
        VendAnswer.Conflict conflict => Problem(ProblemKind.IdUsedDifferently, language, conflict.Field),
        VendAnswer.Finished finished => Finished(finished.Entry, language),
        VendAnswer.Invalid invalid => Invalid(invalid.Problem, language),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "There is no such answer."),
    };

    /// <summary>The answer to a report.</summary>
    public static IResult Of(RecordAnswer answer, Language language) => answer switch
    {
        RecordAnswer.Recorded recorded => TypedResults.Json(
            new RecordedAnswer(Of(recorded.Entry), MarksOf(recorded.Marks), recorded.AlreadyRecorded,
                [.. recorded.More.Select(Of)]), ApiJson.Readable.RecordedAnswer),
        RecordAnswer.Conflict conflict => Problem(
            Problems.Make(ProblemKind.IdUsedDifferently, language, conflict.Field) with
            {
                Existing = Of(conflict.Existing),
            }),
        RecordAnswer.UnknownSale unknown => Problem(
            Problems.Make(ProblemKind.UnknownSale, language, "vendId", unknown.VendId)),
        RecordAnswer.Invalid invalid => Invalid(invalid.Problem, language),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "There is no such answer."),
    };

    /// <summary>The answer to the closing of a session.</summary>
    public static IResult Of(CloseAnswer answer, Language language) => answer switch
    {
        CloseAnswer.Closed => TypedResults.Json(new ClosedAnswer(true, true), ApiJson.Readable.ClosedAnswer),
        CloseAnswer.UnknownSession => TypedResults.Json(new ClosedAnswer(true, false), ApiJson.Readable.ClosedAnswer),
        CloseAnswer.Finished finished => Finished(finished.Entry, language),
        CloseAnswer.Invalid invalid => Invalid(invalid.Problem, language),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "There is no such answer."),
    };

    /// <summary>The slots as a screen shows them.</summary>
    public static IReadOnlyList<SellableAnswer> Of(IReadOnlyList<SellableSlot> slots, Language language) =>
        [.. slots.Select(slot => new SellableAnswer(slot.Slot, slot.Sku, slot.Name, slot.PriceFen, slot.CanSell,
            slot.Denial is null ? null : Name(slot.Denial.Value.ToString()),
            slot.Denial is null ? null : Problems.TextOf(slot.Denial.Value, language), slot.HeadroomFen,
            WordOf(slot.Warning)))];

    /// <summary>The slots' stock.</summary>
    public static IReadOnlyList<StockAnswer> StockOf(IReadOnlyList<SellableSlot> slots) =>
        [.. slots.Select(slot => new StockAnswer(slot.Slot, slot.Sku, slot.Name, slot.Capacity, slot.Stock))];

    /// <summary>An entry.</summary>
    public static EntryAnswer Of(RecordedEntry entry) =>
        new(entry.Journal.ToString(), entry.Seq, Name(entry.Kind.ToString()));

    private static JsonHttpResult<ApiProblem> Finished(RecordedEntry entry, Language language) => Problem(
        Problems.Make(ProblemKind.AlreadyFinished, language) with { Existing = Of(entry) });

    private static IResult Invalid(InputProblem problem, Language language) =>
        Problem(Problems.KindOf(problem.Fault), language, problem.Field);

    /// <summary>A problem that is made already.</summary>
    public static JsonHttpResult<ApiProblem> Problem(ApiProblem problem) =>
        TypedResults.Json(problem, ApiJson.Readable.ApiProblem, Problems.ContentType, problem.Status);

    private static string[] MarksOf(SaleMarks marks) =>
        [.. Enum.GetValues<SaleMarks>().Where(mark => mark != 0 && marks.HasFlag(mark)).Select(mark =>
            Name(mark.ToString()))];

    private static string? WordOf(ShareWarning? warning) => warning is { } word ? Name(word.ToString()) : null;

    private static string Name(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
