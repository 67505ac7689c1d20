using KioskFleet.Agent.Telemetry;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;
using Microsoft.AspNetCore.Mvc;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Telemetry that the controller pushes.</summary>
internal static class TelemetryEndpoints
{
    /// <summary>Maps the endpoint, when this agent has a telemetry lane.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<PushSource>() is not null)
        {
            routes.MapPost("/v1/telemetry", TakeAsync)
                .Accepts<object>("application/json").Produces<TelemetryTakenAnswer>(StatusCodes.Status202Accepted)
                .WithDeclaredProblems(400, 413, 422)
                .WithSummary("Readings of this moment: temperatures, doors, stock, signal, faults. Best effort.");
        }
    }

    private static async Task<IResult> TakeAsync(HttpContext context, [FromServices] PushSource source)
    {
        var language = context.Language();
        var (body, fault) = await ReadAsync(context.Request);
        if (fault is not null)
        {
            return Answers.Problem(fault, language);
        }

        if (!TelemetryReader.TryReadReadings(body, out var readings, out var problem))
        {
            return Answers.Problem(Problems.Of(problem, language));
        }

        if (TelemetryMembers.FirstUnknown(body) is { } unknown)
        {
            return Answers.Problem(Problems.Make(
                ProblemKind.UnknownField, language, unknown.Path, null, string.Join(", ", unknown.Known)));
        }

        source.Push(readings);
        return TypedResults.Json(new TelemetryTakenAnswer(readings.Count), ApiJson.Readable.TelemetryTakenAnswer,
            statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<(ReadOnlyMemory<byte> Body, BodyFault? Fault)> ReadAsync(HttpRequest request)
    {
        try
        {
            var bytes = new byte[Limits.MaxTelemetryBytes + 1];
            var read = await request.Body.ReadAtLeastAsync(
                bytes, bytes.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            return (bytes.AsMemory(0, read), null);
        }
        catch (BadHttpRequestException exception)
        {
            return (default, BodyReader.FaultOf(exception));
        }
    }
}
