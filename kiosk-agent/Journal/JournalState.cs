using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>Where a journal stands, as one immutable value: readers never see half a change.</summary>
/// <param name="Tail">The last entry; for a closed journal the last one that may be refilled.</param>
/// <param name="Sums">The running sums there.</param>
/// <param name="Mark">What is committed, and where the retained entries begin.</param>
/// <param name="IsClosed">True for a predecessor.</param>
internal sealed record JournalState(Head Tail, RunningSums Sums, JournalMark Mark, bool IsClosed);

/// <summary>What a journal file is made of from outside.</summary>
/// <param name="Id">The journal.</param>
/// <param name="Path">Full path of the file.</param>
/// <param name="Options">Settings.</param>
/// <param name="Clock">The cabinet's clocks.</param>
/// <param name="MakeRoom">Called when the disk is full; true when room was made and the write is worth another
/// try.</param>
internal sealed record JournalPlace(
    JournalId Id, string Path, JournalOptions Options, BootClock Clock, Func<bool> MakeRoom);
