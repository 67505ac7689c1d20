using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Policies;

/// <summary>Registers the policies. Needs Storage and Places.</summary>
internal static class PoliciesModule
{
    /// <summary>Adds the policies in force, those of the data set and those made since, and the desk that changes them.
    /// The book is empty until the host starts.
    /// </summary>
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddSingleton(new CurrentPolicies(new PolicyBook([])));
        services.AddSingleton<PolicyDesk>();
        services.AddSingleton<IChangeFollower, PolicyFollower>();
        services.AddHostedService<PoliciesStart>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/policies</c>.</summary>
    public static IEndpointRouteBuilder MapPolicies(this IEndpointRouteBuilder routes)
    {
        PolicyEndpoints.Map(routes);
        return routes;
    }
}
