using System.Security.Cryptography;
using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Uplink;

/// <summary>Registers the uplink.</summary>
internal static class UplinkModule
{
    /// <summary>Adds enrolment, the transport and the loop.</summary>
    /// <param name="services">The host's services; they hold the settings, journal, clock and time provider.</param>
    /// <param name="transport">Another transport than MQTT; null for MQTT.</param>
    /// <param name="seed">Seed of jitter; null for a random one.</param>
    public static IServiceCollection AddUplink(
        this IServiceCollection services, IUplinkTransport? transport, int? seed)
    {
        services.AddSingleton<UplinkMonitor>();
        services.AddSingleton<UplinkMetrics>();
        services.AddSingleton(provider => new IdentityFolder(
            provider.GetRequiredService<AgentSettings>().IdentityDirectory));
        services.AddSingleton(provider => new EnrolmentClient(
            provider.GetRequiredService<IdentityFolder>(),
            provider.GetRequiredService<AgentSettings>().ServiceUrl is { } url ? EnrolmentClient.HttpFor(url) : null));
        services.AddSingleton(provider => provider.GetRequiredService<AgentSettings>().Broker);
        services.AddSingleton(provider => transport
            ?? new MqttTransport(
                provider.GetRequiredService<BrokerSettings>(),
                provider.GetRequiredService<ILogger<MqttTransport>>()));
        var chance = new Random(seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        services.AddSingleton(provider => new UplinkServices(
            provider.GetRequiredService<AgentSettings>().Uplink,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<BootClock>(),
            chance.NextDouble,
            provider.GetRequiredService<UplinkMonitor>(),
            provider.GetRequiredService<UplinkMetrics>(),
            provider.GetRequiredService<ConfigDesk>(),
            provider.GetService<ISpareLane>()));
        services.AddSingleton<UplinkConnector>();
        services.AddHostedService<UplinkLoop>();
        return services;
    }
}
