using KioskFleet.Service.Access;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Findings;

/// <summary>The HTTP interface of findings, and their registration.</summary>
internal static class FindingEndpoints
{
    /// <summary>Adds the queries.</summary>
    public static IServiceCollection AddFindings(this IServiceCollection services) =>
        services.AddSingleton<FindingQueries>();

    /// <summary>Maps the list.</summary>
    public static void MapFindings(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/findings", Read)
            .RequireAuthorization(AccessPolicies.Read)
            .WithTags("Findings")
            .WithName("GetFindings")
            .WithSummary("Findings with their evidence, newest first; pages of at most 500")
            .Produces<Ledger.BackwardsPage<FindingShown>>();

    private static IResult Read(FindingQueries queries, string? kind, string? cabinet, long? before, int? count) =>
        kind is null || Enum.TryParse<FindingKind>(kind, out _)
            ? Results.Ok(queries.Read(kind, cabinet, before, count ?? 100))
            : ApiProblems.Of(ProblemCode.FindingKindUnknown, StatusCodes.Status400BadRequest,
                        $"'{kind}' is none of: {string.Join(", ", Enum.GetNames<FindingKind>())}");
}
