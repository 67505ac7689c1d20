using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>Where a source stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastWallUtcMs">Wall clock when it last told something, Unix milliseconds UTC; 0 before.</param>
/// <param name="LastError">Why it could not be read; empty when nothing is wrong.</param>
internal sealed record SourceStatus(string Name, long LastWallUtcMs, string LastError);

/// <summary>Where the telemetry lane stands. Immutable.</summary>
/// <param name="LastSentWallUtcMs">Wall clock of the last message sent, Unix milliseconds UTC; 0 before one.</param>
/// <param name="Waiting">Samples that wait to be sent.</param>
/// <param name="Dropped">Samples that gave way since the start.</param>
/// <param name="IsShed">True while the disk has no room for samples that wait; the newest are sent anyway.</param>
/// <param name="Sources">The sources that ever told or failed.</param>
/// <param name="Known">The newest reading of everything.</param>
internal sealed record TelemetryStatus(
    long LastSentWallUtcMs, int Waiting, long Dropped, bool IsShed, IReadOnlyList<SourceStatus> Sources,
    IReadOnlyList<(EntryTime Time, TelemetryReading Reading)> Known);
