using System.Globalization;
using System.Text.Json;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Venues;

/// <summary>Reads many documents from one request body: JSON or a table. Thread-safe.</summary>
internal static class IntakeBody
{
    /// <summary>Each row of a JSON list on its own: one that cannot be read is refused and stops no other.</summary>
    public static IReadOnlyList<IntakeRow<T>> OfJson<T>(IReadOnlyList<JsonElement> rows, Func<T, string?> numberOf)
        where T : class => [.. rows.Select((row, i) =>
        {
            try
            {
                return row.Deserialize<T>(VenueJson.Options) is { } request
                    ? new IntakeRow<T>(i + 1, numberOf(request) ?? "", request, null)
                    : Unreadable<T>(i + 1, "null");
            }
            catch (JsonException error)
            {
                return Unreadable<T>(i + 1, error.Path ?? "$");
            }
        })];

    /// <summary>The media types under which a table is taken.</summary>
    public static readonly string[] TableTypes = ["text/csv", TableWriter.XlsxType, "application/octet-stream"];

    /// <summary>Reads the table of an upload; the answer when it is none or too large.</summary>
    public static async Task<(TableReading.Table? Table, IResult? Answer)> TableAsync(
        HttpContext http, IReadOnlyList<string> required)
    {
        var limits = new TableLimits
        {
            MaxBytes = VenueLimits.MaxUploadBytes,
            MaxRows = VenueLimits.MaxUploadRows,
            Required = required,
        };
        var bytes = await UploadBody.ReadAsync(http, limits.MaxBytes, http.RequestAborted);
        var reading = bytes is null
            ? new TableReading.Unreadable(TableProblem.TooLarge, $"> {limits.MaxBytes}")
            : TableFile.Read(bytes, limits);
        return reading is TableReading.Unreadable(var problem, var got)
            ? (null, Refused(problem, got))
            : ((TableReading.Table)reading, null);
    }

    /// <summary>The rows of a table in the order of their lines, those that are no rows among them.</summary>
    public static IReadOnlyList<IntakeRow<T>> OfTable<T>(
        TableReading.Table table, Func<TableRow, (T? Request, Refusal? Refusal)> read)
        where T : class => [.. table.Rows
            .Select(row =>
            {
                var (request, refusal) = read(row);
                return new IntakeRow<T>(row.Line, table.Field(row, "document_number"), request, refusal);
            })
            .Concat(table.Faults.Select(f => new IntakeRow<T>(
                f.Line, "", null,
                new Refusal(RefusalCode.NotReadable, "row", f.Got) { Words = TableTexts.Of(f.Kind) })))
            .OrderBy(row => row.Line)];

    /// <summary>Columns of a table that mean nothing here.</summary>
    public static IReadOnlyList<string> Ignored(TableReading.Table table, IReadOnlyList<string> known) =>
        [.. table.Columns.Where(c => c.Length > 0).Except(known)];

    /// <summary>Whole fen from a cell; null when it is empty.</summary>
    public static (long? Fen, Refusal? Refusal) Fen(string text, string field) => text.Length == 0 ? (null, null)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var fen)
            ? (fen, null)
            : (null, new Refusal(RefusalCode.BadMoney, field, text));

    /// <summary>The answer to a list of documents.</summary>
    public static IResult? CheckCount(IReadOnlyList<JsonElement>? rows, string field) =>
        rows is { Count: > 0 and <= VenueLimits.MaxBulk }
            ? null
            : VenueJson.Problem(
                StatusCodes.Status400BadRequest, RefusalCode.BadRowCount, field, $"{rows?.Count ?? 0}");

    /// <summary>The answer to a single document.</summary>
    public static IResult Single(IntakeOutcome outcome, string path) => outcome.Verdict switch
    {
        IntakeVerdict.Accepted accepted => Results.Created(
            $"{path}/{accepted.Id}", new { id = accepted.Id, outcome.DocumentNumber, outcome = "accepted" }),
        IntakeVerdict.Unchanged unchanged => VenueJson.Answer(
            new { id = unchanged.First.Id, outcome.DocumentNumber, outcome = "unchanged", first = unchanged.First }),
        IntakeVerdict.Refused refused => VenueJson.Problem(
            refused.First is null ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict,
            [refused.Refusal], refused.First is null ? [] : [("first", refused.First)]),
        _ => throw new InvalidOperationException($"{outcome.Verdict.GetType().Name} has no answer."),
    };

    private static IntakeRow<T> Unreadable<T>(int line, string path)
        where T : class => new(line, "", null, new Refusal(RefusalCode.NotReadable, path, path));

    private static IResult Refused(TableProblem problem, string got)
    {
        var text = TableTexts.Of(problem);
        return Results.Problem(
            title: text.En,
            statusCode: problem == TableProblem.TooLarge
                ? StatusCodes.Status413PayloadTooLarge
                : StatusCodes.Status400BadRequest,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = text.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(problem.ToString()),
                ["field"] = "file",
                ["got"] = got,
                ["limitBytes"] = VenueLimits.MaxUploadBytes,
                ["limitRows"] = VenueLimits.MaxUploadRows,
            });
    }
}
