using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;

namespace KioskFleet.Agent.Hosting;

/// <summary>
/// What a program that runs an agent inside itself puts in place of the computer's own. An agent with overrides leaves
/// the process's signals and console alone.
/// </summary>
internal sealed record AgentOverrides
{
    /// <summary>The boot's clocks; null: the computer's.</summary>
    public BootClock? Clock { get; init; }

    /// <summary>Time for waiting; null: the system's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>The way to the service; null: MQTT.</summary>
    public IUplinkTransport? Transport { get; init; }

    /// <summary>False leaves the local API out; <see cref="VendFlow"/> is called directly.</summary>
    public bool WithLocalApi { get; init; } = true;

    /// <summary>False leaves the uplink out.</summary>
    public bool WithUplink { get; init; } = true;

    /// <summary>True adds the telemetry lane; an agent inside another program tells nothing of itself unasked.
    /// </summary>
    public bool WithTelemetry { get; init; }

    /// <summary>The cabinet's plan in place of the plan file; null: the file.</summary>
    public CabinetPlan? Plan { get; init; }

    /// <summary>Seed of back-off jitter; null: a random one.</summary>
    public int? Seed { get; init; }

    /// <summary>Changes the journal's options, for the power-loss campaign; null: as set.</summary>
    public Func<JournalOptions, JournalOptions>? Journal { get; init; }

    /// <summary>Where logs go; null: nowhere.</summary>
    public ILoggerFactory? Logs { get; init; }
}
