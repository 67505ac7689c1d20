using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;

namespace KioskFleet.Agent.Hosting;

/// <summary>
/// Composes an agent. The journal is open when a host is returned: <see cref="VendFlow"/> from its services records
/// from then on, with or without starting the host, which adds uplink, local API and retention.
/// </summary>
internal static class AgentHost
{
    /// <summary>How long a stop may take.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Builds an agent.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="overrides">Null for an agent that owns its process.</param>
    /// <exception cref="SettingsException">A file that a setting names cannot be used.</exception>
    /// <exception cref="IOException">Another process holds the journal, or the disk fails.</exception>
    public static IHost Build(AgentSettings settings, AgentOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var plan = overrides?.Plan ?? LoadPlan(settings.PlanFile);
        var token = SettingsFile.ReadToken(settings.Api);
        var host = overrides is { WithLocalApi: false }
            ? BuildWorker(settings, overrides, plan)
            : BuildWithApi(settings, overrides, plan, token);
        try
        {
            // A journal that cannot be opened ends the start here, not at the first sale.
            _ = host.Services.GetRequiredService<VendFlow>();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>The journal's options by the settings.</summary>
    public static JournalOptions JournalOptionsOf(AgentSettings settings) => new()
    {
        DataDirectory = settings.DataDirectory,
        RetentionDays = settings.Journal.RetentionDays,
        MinFreeBytes = settings.Journal.MinFreeMiB * 1024L * 1024,
    };

    /// <summary>The vend flow's options by the settings.</summary>
    public static VendingOptions VendingOptionsOf(AgentSettings settings) => new()
    {
        ApprovalSeconds = settings.Vending.ApprovalSeconds,
        SessionSeconds = settings.Vending.SessionSeconds,
        MaxOpenVends = settings.Vending.MaxOpenVends,
    };

    /// <summary>Loads the plan that the settings name.</summary>
    /// <exception cref="SettingsException">The file is no plan.</exception>
    public static CabinetPlan? LoadPlan(string? path)
    {
        if (path is null)
        {
            return null;
        }

        return CabinetPlan.Load(path, out var problems) ?? throw new SettingsException(
            [.. problems.Select(problem => new SettingFinding("planFile", problem, new Expectation("TakesPlan")))]);
    }

    private static IHost BuildWorker(AgentSettings settings, AgentOverrides overrides, CabinetPlan? plan)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        AddAgent(builder.Services, settings, overrides, plan);
        return builder.Build();
    }

    private static WebApplication BuildWithApi(
        AgentSettings settings, AgentOverrides? overrides, CabinetPlan? plan, string? token)
    {
        // Empty: no file in the working directory and no variable of the framework's own changes where this listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddAgent(builder.Services, settings, overrides, plan);
        builder.AddLocalApi(settings.Api);
        var app = builder.Build();
        app.MapLocalApi(settings.Api, token);
        return app;
    }

    private static void AddAgent(
        IServiceCollection services, AgentSettings settings, AgentOverrides? overrides, CabinetPlan? plan)
    {
        AddProcess(services, overrides);
        services.AddSingleton(settings);
        services.AddSingleton(overrides?.Time ?? TimeProvider.System);
        services.AddSingleton(provider =>
            overrides?.Clock ?? new SystemBootClock(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => JournalStore.Open(
            overrides?.Journal?.Invoke(JournalOptionsOf(settings)) ?? JournalOptionsOf(settings),
            provider.GetRequiredService<BootClock>(), provider.GetRequiredService<ILogger<JournalStore>>()));
        services.AddSingleton(provider => new ConfigDesk(provider.GetRequiredService<JournalStore>(),
            settings.DataDirectory, provider.GetRequiredService<ILogger<ConfigDesk>>()));
        services.AddSingleton<ShareBook>();
        services.AddSingleton(provider =>
        {
            var store = provider.GetRequiredService<JournalStore>();
            return new VendFlow(store, provider.GetRequiredService<ShareBook>(), plan, VendingOptionsOf(settings),
                store.Space, provider.GetRequiredService<ILogger<VendFlow>>());
        });
        services.AddHostedService<RetentionLoop>();
        if (overrides is null or { WithTelemetry: true })
        {
            services.AddTelemetry(settings.Telemetry);
        }

        if (overrides is not { WithUplink: false })
        {
            services.AddUplink(overrides?.Transport, overrides?.Seed);
        }
        else
        {
            services.AddSingleton<UplinkMonitor>();
        }
    }

    private static void AddProcess(IServiceCollection services, AgentOverrides? overrides)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Information);
            logging.AddFilter("Microsoft", LogLevel.Warning);
            if (overrides is null)
            {
                logging.AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.UseUtcTimestamp = true;
                    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
                });
            }
        });
        if (overrides is null)
        {
            services.AddSystemd();
            return;
        }

        services.AddSingleton<IHostLifetime, PassiveLifetime>();
        if (overrides.Logs is { } logs)
        {
            services.AddSingleton(logs);
        }
    }

    /// <summary>An agent inside another program is started and stopped by that program alone.</summary>
    private sealed class PassiveLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
