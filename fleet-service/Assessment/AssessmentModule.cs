using KioskFleet.Service.Access;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Assessment;

/// <summary>Registers the assessment: findings first, then enforcement. Needs the checks and Enforcement.</summary>
internal static class AssessmentModule
{
    private const int DefaultPage = 20;

    /// <summary>Adds the run and its loop.</summary>
    public static IServiceCollection AddAssessment(this IServiceCollection services)
    {
        services.AddOptions<AssessmentOptions>()
            .BindConfiguration(AssessmentOptions.Section, o => o.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AssessmentOptions>, AssessmentOptionsValidator>();
        services.AddSingleton<AssessmentClock>();
        services.AddSingleton<AssessmentStore>();
        services.AddSingleton<AssessmentRun>();
        services.AddHostedService<AssessmentLoop>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/assessments</c>.</summary>
    public static IEndpointRouteBuilder MapAssessment(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/assessments").WithTags("Assessment");
        group.MapPost("", async (AssessmentRun run, HttpContext http) =>
                Results.Ok(await run.RunAsync(AccessPolicies.Actor(http.User), http.RequestAborted)))
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("RunAssessment")
            .WithSummary("Runs every check now and answers what was found; waits for a run that is under way")
            .Produces<AssessmentReport>();
        group.MapGet("", (AssessmentStore store, long? before, int? count) =>
                Results.Ok(store.Read(before, count ?? DefaultPage)))
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetAssessments")
            .WithSummary("The last runs with counts and failures, newest first; pages of at most 100")
            .Produces<AssessmentPage>();
        return routes;
    }
}
