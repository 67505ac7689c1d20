namespace KioskFleet.Simulators.Servers;

/// <summary>The campaign cannot go on: a program under test does not start, or the machine fails.</summary>
internal sealed class CampaignException(string message) : Exception(message);
