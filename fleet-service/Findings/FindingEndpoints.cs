using KioskFleet.Service.Access;

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
            : Results.Problem(statusCode: StatusCodes.Status400BadRequest,
                title: "There is no such kind of finding / 没有这种问题类型",
                detail: $"'{kind}' is none of: {string.Join(", ", Enum.GetNames<FindingKind>())}");
}
