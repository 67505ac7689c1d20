using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Fleet;

/// <summary>Registers the register of cabinets. Needs Storage, Places and Access.</summary>
internal static class FleetModule
{
    /// <summary>Adds the register and the desk that changes it.</summary>
    public static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<FleetStore>();
        services.AddSingleton<FleetRegister>();
        services.AddSingleton<IChangeFollower>(provider => provider.GetRequiredService<FleetRegister>());
        services.AddSingleton<FleetDesk>();
        services.AddSingleton<LinkLook>();
        services.AddHostedService<FleetStart>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/cabinets</c>.</summary>
    public static IEndpointRouteBuilder MapFleet(this IEndpointRouteBuilder routes)
    {
        FleetEndpoints.Map(routes);
        return routes;
    }
}

/// <summary>Reads the register when the host starts.</summary>
internal sealed class FleetStart(FleetRegister register, ILogger<FleetStart> log) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        register.Load();
        FleetLog.Loaded(log, register.Current.Count);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
