using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Uplink;

/// <summary>What every part of the uplink needs. Immutable; lives as long as the agent.</summary>
/// <param name="Settings">Settings.</param>
/// <param name="Time">Time for waiting and deadlines.</param>
/// <param name="Clock">The boot's clocks.</param>
/// <param name="Chance">Source of jitter, from 0 to 1; called by the loop only.</param>
/// <param name="Monitor">Where the status goes.</param>
/// <param name="Metrics">Where figures go.</param>
/// <param name="Configs">Takes configs, and says which one is applied.</param>
/// <param name="Spare">What is sent when the journals leave the link alone; null: nothing.</param>
internal sealed record UplinkServices(
    UplinkSettings Settings, TimeProvider Time, BootClock Clock, Func<double> Chance, UplinkMonitor Monitor,
    UplinkMetrics Metrics, ConfigDesk Configs, ISpareLane? Spare = null)
{
    /// <summary>Monotonic milliseconds of <see cref="Time"/>, for senders and deadlines.</summary>
    public long NowMs => Time.GetTimestamp() * 1_000 / Time.TimestampFrequency;

    /// <summary>A full-jitter back-off: a random time up to base · 2^failures, capped.</summary>
    /// <param name="failures">Failures before this one.</param>
    public long BackOffMs(int failures) => (long)(Chance() * Math.Min(
        Settings.ReconnectCapSeconds * 1_000L, (long)Settings.ReconnectBaseMs << Math.Min(failures, 30)));
}
