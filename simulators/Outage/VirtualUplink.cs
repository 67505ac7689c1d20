using KioskFleet.Agent.Settings;

namespace KioskFleet.Simulators.Outage;

/// <summary>The link of virtual cabinets: an agent's own settings, and the clocks. Immutable.</summary>
/// <param name="Port">The broker's port on 127.0.0.1.</param>
/// <param name="Settings">The agent's times.</param>
/// <param name="Broker">The agent's connection.</param>
/// <param name="Time">Time.</param>
internal sealed record VirtualUplink(int Port, UplinkSettings Settings, BrokerSettings Broker, TimeProvider Time)
{
    /// <summary>Monotonic milliseconds.</summary>
    public long NowMs => Time.GetTimestamp() * 1_000 / Time.TimestampFrequency;

    /// <summary>Unix milliseconds UTC.</summary>
    public long UtcNowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The agent's back-off: full jitter up to base · 2^failures, capped.</summary>
    public long BackOffMs(Random random, int failures) => (long)(random.NextDouble() * Math.Min(
        Settings.ReconnectCapSeconds * 1_000L, (long)Settings.ReconnectBaseMs << Math.Min(failures, 30)));
}
