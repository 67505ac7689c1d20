namespace KioskFleet.Service.Assessment;

/// <summary>Registers the assessment: findings first, then enforcement.</summary>
internal static class AssessmentModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddAssessment(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapAssessment(this IEndpointRouteBuilder routes) => routes;
}
