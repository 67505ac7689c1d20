using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// The second copy of the config that the gate works by, in the journal's file, and what must be known of it even when
/// neither copy can be read. Not part of the chain.
/// </summary>
/// <param name="Version">The config's version.</param>
/// <param name="Mode">What it said that the gate does.</param>
/// <param name="Kind">How it said that the cabinet hands goods out.</param>
/// <param name="RestrictFromUtcMs">When its notice and its exemption had run out, Unix milliseconds UTC.</param>
/// <param name="Bytes">The config's file.</param>
internal sealed record KeptConfig(
    string Version, GateMode Mode, CabinetKind Kind, long RestrictFromUtcMs, byte[] Bytes);
