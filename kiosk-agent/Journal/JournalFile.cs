#pragma warning disable CA1822
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Agent.Journal;

/// <summary>shape</summary>
internal sealed class JournalFile : IDisposable
{
    public JournalId Id => throw null!;
    public bool IsClosed => throw null!;
    public JournalFacts Facts => throw null!;
    public RunningSums Sums => throw null!;
    public long Backlog => throw null!;
    public long OldestUnsentWallUtcMs => throw null!;
    public HeadHolding HoldingOf(Head head) => throw null!;
    public Head? HeadAt(ulong seq) => throw null!;
    public IReadOnlyList<StoredEntry> Read(ulong afterSeq, int maxEntries, int maxBytes) => throw null!;
    public void MoveCommitted(Head head) => throw null!;
    public void AppendGap(Head serviceHead) => throw null!;
    public IReadOnlyList<ClockObservation> ClocksFor(ulong firstSeq, ulong lastSeq) => throw null!;
    public bool HasObservation(BootId boot) => throw null!;
    public void RecordObservation(ClockObservation observation) => throw null!;
    public Head Append(EntryBody body, EntryMarks marks = EntryMarks.None, EntryOrigin? origin = null, EntryTime? time = null) => throw null!;
    public Task AppendedAsync(CancellationToken stopping) => throw null!;
    public ChainReport Verify(ulong firstSeq = 1) => throw null!;
    public void Dispose() { }
}
