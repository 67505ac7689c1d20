using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Batches;

/// <summary>Everything a batch says beside its entries.</summary>
/// <param name="Cabinet">The cabinet that sends; must be the topic's.</param>
/// <param name="Journal">The journal the entries belong to.</param>
/// <param name="Key">The key that signs.</param>
/// <param name="GapBase">
/// Null, or the service's head from which this batch jumps: the agent declares that everything after it and before the
/// first entry is gone from the cabinet.
/// </param>
/// <param name="Previous">The head in front of the first entry: its number is the first entry's minus one.</param>
/// <param name="Last">The head behind the last entry, as the agent's journal holds it.</param>
/// <param name="Clocks">
/// At most 64 observations in the order of the boots: those of these entries' boots, the next heard boot's behind them
/// (a boot that never heard the service is dated between its neighbours, and these must not depend on where one batch
/// ends), and the sending boot's last.
/// </param>
public sealed record BatchHeader(
    CabinetId Cabinet, JournalId Journal, KeyId Key, Head? GapBase, Head Previous, Head Last,
    IReadOnlyList<ClockObservation> Clocks);
