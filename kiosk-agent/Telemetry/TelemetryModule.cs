using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Uplink;

namespace KioskFleet.Agent.Telemetry;

/// <summary>The parts of the lane that the loop works with. Lives as long as the agent.</summary>
internal sealed record TelemetryParts(
    TelemetrySettings Settings, TelemetryDesk Desk, OwnFacts Facts, TelemetryKeep Keep, TelemetryLane Lane)
{
    /// <summary>Where the lane stands now.</summary>
    public TelemetryStatus Status => new(
        Lane.LastSentWallUtcMs, Keep.Waiting, Keep.Dropped, Keep.IsShed, Desk.Sources, Desk.Known);
}

/// <summary>Registers the telemetry lane.</summary>
internal static class TelemetryModule
{
    /// <summary>Adds sources, desk, store and the lane that the uplink asks.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetrySettings settings)
    {
        AddSources(services, settings);
        services.AddSingleton<TelemetryDesk>();
        services.AddSingleton<OwnFacts>();
        services.AddSingleton<TelemetryLane>();
        services.AddSingleton<ISpareLane>(provider => provider.GetRequiredService<TelemetryLane>());
        services.AddSingleton(provider =>
        {
            var directory = provider.GetRequiredService<AgentSettings>().DataDirectory;
            return new TelemetryParts(
                settings,
                provider.GetRequiredService<TelemetryDesk>(),
                provider.GetRequiredService<OwnFacts>(),
                new TelemetryKeep(
                    Path.Combine(directory, "telemetry", "samples.db"),
                    settings.MaxMiB * 1024L * 1024,
                    provider.GetRequiredService<JournalStore>().Space,
                    provider.GetRequiredService<ILogger<TelemetryKeep>>()),
                provider.GetRequiredService<TelemetryLane>());
        });
        services.AddHostedService<TelemetryLoop>();
        return services;
    }

    private static void AddSources(IServiceCollection services, TelemetrySettings settings)
    {
        services.AddSingleton<PushSource>();
        services.AddSingleton<ITelemetrySource>(provider => provider.GetRequiredService<PushSource>());
        if (settings.File is { } file)
        {
            services.AddSingleton<ITelemetrySource>(provider => new FileSource(
                file, TimeSpan.FromSeconds(settings.FilePollSeconds), provider.GetRequiredService<TimeProvider>()));
        }

        if (settings.Command is { } command)
        {
            services.AddSingleton<ITelemetrySource>(provider => new CommandSource(
                command, TimeSpan.FromSeconds(settings.CommandSeconds),
                TimeSpan.FromSeconds(settings.CommandTimeoutSeconds), provider.GetRequiredService<TimeProvider>()));
        }
    }
}
