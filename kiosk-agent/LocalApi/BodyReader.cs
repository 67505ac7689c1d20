using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KioskFleet.Agent.LocalApi;

/// <summary>A request's body that was read, or what is wrong with it.</summary>
/// <param name="Value">The body; null when there is a fault.</param>
/// <param name="Fault">What is wrong; null when nothing is.</param>
internal readonly record struct BodyResult<T>(T? Value, BodyFault? Fault)
    where T : class;

/// <summary>What is wrong with a body.</summary>
/// <param name="Field">The field that cannot be read; empty when the body is no JSON object at all.</param>
/// <param name="Problem">The kind of problem.</param>
internal sealed record BodyFault(string Field, ProblemKind Problem);

/// <summary>Reads request bodies. What cannot be read is an answer that names the field, never an exception.</summary>
internal static class BodyReader
{
    /// <summary>Reads a body strictly: every value must be what it is said to be.</summary>
    public static async Task<BodyResult<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
            return value is null
                ? new BodyResult<T>(null, new BodyFault("", ProblemKind.NotJson))
                : new BodyResult<T>(value, null);
        }
        catch (JsonException exception)
        {
            var field = FieldOf(exception.Path);
            return new BodyResult<T>(
                null, new BodyFault(field, field.Length == 0 ? ProblemKind.NotJson : ProblemKind.WrongType));
        }
        catch (BadHttpRequestException exception)
        {
            return new BodyResult<T>(null, FaultOf(exception));
        }
    }

    /// <summary>Reads a body as far as it is JSON at all.</summary>
    public static async Task<BodyResult<JsonDocument>> ReadDocumentAsync(HttpRequest request)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { AllowTrailingCommas = true },
                request.HttpContext.RequestAborted);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new BodyResult<JsonDocument>(document, null);
            }

            document.Dispose();
            return new BodyResult<JsonDocument>(null, new BodyFault("", ProblemKind.NotJson));
        }
        catch (JsonException)
        {
            return new BodyResult<JsonDocument>(null, new BodyFault("", ProblemKind.NotJson));
        }
        catch (BadHttpRequestException exception)
        {
            return new BodyResult<JsonDocument>(null, FaultOf(exception));
        }
    }

    /// <summary>What is wrong with a body that the server would not read.</summary>
    public static BodyFault FaultOf(BadHttpRequestException exception) => new(
        "", exception.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? ProblemKind.TooManyBytes
            : ProblemKind.NotJson);

    /// <summary><c>$.lines[2].paidFen</c> as callers write it.</summary>
    private static string FieldOf(string? path) => path is null or "$" ? "" : path[(path.StartsWith("$.") ? 2 : 1)..];
}
