using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Registers the policies. Needs Storage and Places.</summary>
internal static class PoliciesModule
{
    /// <summary>Adds the policies in force: those of the data set and those made since.</summary>
    public static IServiceCollection AddPolicies(this IServiceCollection services) => services.AddSingleton(
        provider => new CurrentPolicies(new PolicyBook(provider.GetRequiredService<PlacesDataSet>().Policies)));

    /// <summary>Maps the policies.</summary>
    public static IEndpointRouteBuilder MapPolicies(this IEndpointRouteBuilder routes) => routes;
}
