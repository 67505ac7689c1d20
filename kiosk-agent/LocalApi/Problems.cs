using KioskFleet.Agent.Texts;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Makes problems: status, texts, field. Pure.</summary>
internal static class Problems
{
    /// <summary>The content type of problems.</summary>
    public const string ContentType = "application/problem+json";

    private const string TypePrefix = "urn:kioskfleet:problem:";
    private static readonly TextCatalogue Catalogue = new("ProblemTexts");

    /// <summary>The HTTP status of a problem.</summary>
    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.NotJson or ProblemKind.WrongType or ProblemKind.Missing or ProblemKind.UnknownField =>
            StatusCodes.Status400BadRequest,
        ProblemKind.TooManyBytes => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.TooLong or ProblemKind.OutOfRange or ProblemKind.UnknownWord or ProblemKind.UnknownSlot
            or ProblemKind.UnknownDoor => StatusCodes.Status422UnprocessableEntity,
        ProblemKind.CabinetStopped or ProblemKind.TooManyOpenVends or ProblemKind.ProductBlocked
            or ProblemKind.OrdinaryLimit or ProblemKind.VendNeeded or ProblemKind.RuleLost
            or ProblemKind.IdUsedDifferently or ProblemKind.AlreadyFinished => StatusCodes.Status409Conflict,
        ProblemKind.DiskFull => StatusCodes.Status507InsufficientStorage,
        ProblemKind.UnknownSale or ProblemKind.UnknownVend or ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.WrongMethod => StatusCodes.Status405MethodNotAllowed,
        ProblemKind.Unauthorized => StatusCodes.Status401Unauthorized,
        ProblemKind.ForeignOrigin => StatusCodes.Status403Forbidden,
        ProblemKind.Overloaded => StatusCodes.Status503ServiceUnavailable,
        ProblemKind.Failed => StatusCodes.Status500InternalServerError,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such problem."),
    };

    /// <summary>A problem in a language.</summary>
    /// <param name="kind">The problem.</param>
    /// <param name="language">The language.</param>
    /// <param name="field">The field that is meant; null when none is.</param>
    /// <param name="named">What the detail names; null: the field.</param>
    /// <param name="taken">What would be taken instead, where the detail says it.</param>
    public static ApiProblem Make(
        ProblemKind kind, Language language, string? field = null, string? named = null, string taken = "")
    {
        var reason = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        return new ApiProblem(TypePrefix + reason, Catalogue.Text(language, kind + "Title"), StatusOf(kind),
            Catalogue.Format(language, kind + "Detail", named ?? field ?? "", taken), field, reason);
    }

    /// <summary>What is wrong with telemetry, with what would be taken.</summary>
    public static ApiProblem Of(TelemetryProblem problem, Language language)
    {
        var kind = KindOf(problem.Fault);
        var made = Make(kind, language, problem.Field.Length == 0 ? null : problem.Field);
        return kind is ProblemKind.WrongType or ProblemKind.OutOfRange or ProblemKind.TooLong
            ? made with
            {
                Detail = Catalogue.Format(
                    language, $"Telemetry{kind}Detail", problem.Field, problem.Least, problem.Most),
            }
            : made;
    }

    /// <summary>A problem in one line, for a terminal.</summary>
    public static string Describe(ApiProblem problem, Language language) =>
        language == Language.Chinese ? $"{problem.Title}。{problem.Detail}" : $"{problem.Title}. {problem.Detail}";

    /// <summary>A denied request: the reason for the screen, and how much ordinary product may still be sold.</summary>
    public static ApiProblem Of(DenialReason denial, long? headroomFen, Language language)
    {
        var field = denial switch
        {
            DenialReason.UnknownSlot => "slot",
            DenialReason.UnknownDoor => "door",
            _ => null,
        };
        return Make(KindOf(denial), language, field, new Money(headroomFen ?? 0).ToString()) with
        {
            HeadroomFen = headroomFen,
        };
    }

    /// <summary>A warning in one line, for screens.</summary>
    public static string TextOf(ShareWarning warning, Language language) =>
        Catalogue.Text(language, "Warning" + warning);

    /// <summary>A denial's title, for screens.</summary>
    public static string TextOf(DenialReason denial, Language language) =>
        Catalogue.Text(language, KindOf(denial) + "Title");

    /// <summary>The problem of a denial.</summary>
    public static ProblemKind KindOf(DenialReason denial) => denial switch
    {
        DenialReason.UnknownSlot => ProblemKind.UnknownSlot,
        DenialReason.CabinetStopped => ProblemKind.CabinetStopped,
        DenialReason.DiskFull => ProblemKind.DiskFull,
        DenialReason.TooManyOpenVends => ProblemKind.TooManyOpenVends,
        DenialReason.ProductBlocked => ProblemKind.ProductBlocked,
        DenialReason.OrdinaryLimit => ProblemKind.OrdinaryLimit,
        DenialReason.UnknownDoor => ProblemKind.UnknownDoor,
        DenialReason.VendNeeded => ProblemKind.VendNeeded,
        DenialReason.RuleLost => ProblemKind.RuleLost,
        _ => throw new ArgumentOutOfRangeException(nameof(denial), denial, "There is no such denial."),
    };

    /// <summary>The problem of telemetry that cannot be read.</summary>
    public static ProblemKind KindOf(TelemetryFault fault) => fault switch
    {
        TelemetryFault.NotJson => ProblemKind.NotJson,
        TelemetryFault.TooManyBytes => ProblemKind.TooManyBytes,
        TelemetryFault.Missing => ProblemKind.Missing,
        TelemetryFault.WrongType => ProblemKind.WrongType,
        TelemetryFault.TooLong => ProblemKind.TooLong,
        TelemetryFault.OutOfRange => ProblemKind.OutOfRange,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };

    /// <summary>The problem of a value that cannot be recorded.</summary>
    public static ProblemKind KindOf(InputFault fault) => fault switch
    {
        InputFault.Missing => ProblemKind.Missing,
        InputFault.TooLong => ProblemKind.TooLong,
        InputFault.OutOfRange => ProblemKind.OutOfRange,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };
}
