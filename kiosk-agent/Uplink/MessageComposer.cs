using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Agent.Uplink;

/// <summary>Builds and signs what a sender wants sent. Not thread-safe.</summary>
internal sealed class MessageComposer(
    CabinetId cabinet, MessageSigner signer, BootClock clock, JournalStore store, ConfigDesk configs)
{
    /// <summary>
    /// Bytes kept free for everything in a batch beside its entries: names, heads, 64 clock observations, signature.
    /// </summary>
    public const int HeaderRoomBytes = 4 * 1024;

    /// <summary>Most bytes of entries in a batch.</summary>
    public const int MaxEntryBytesOfBatch = Limits.MaxBatchBytes - HeaderRoomBytes;

    private static readonly string Version =
        typeof(MessageComposer).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly BatchWriter _writer = new();

    /// <summary>The cabinet that speaks.</summary>
    public CabinetId Cabinet => cabinet;

    /// <summary>A hello of a journal.</summary>
    public SignedMessage Hello(JournalFile file)
    {
        var facts = file.Facts;
        return new Hello(cabinet, facts.Journal, signer.KeyId, clock.Boot, clock.MonotonicMs, clock.WallUtcMs,
            facts.Tail, facts.Committed, facts.OldestRetainedSeq, (ulong)Math.Max(0, file.Backlog),
            file.OldestUnsentWallUtcMs, file.Sums, facts.Closed, configs.AppliedVersion, Version).Sign(signer);
    }

    /// <summary>The batch that a sender wants.</summary>
    /// <param name="file">The journal.</param>
    /// <param name="wanted">From where and how many.</param>
    /// <param name="maxEntryBytes">Most bytes of entries; the first entry always goes.</param>
    /// <exception cref="InvalidOperationException">
    /// The journal does not hold these entries any more: a new hello will settle from where to go on.
    /// </exception>
    /// <exception cref="JournalDamagedException">The journal cannot be read.</exception>
    public SignedMessage Batch(JournalFile file, SenderEffect.SendBatch wanted, int maxEntryBytes)
    {
        var entries = file.Read(wanted.AfterSeq, wanted.MaxEntries, maxEntryBytes);
        if (entries.Count == 0 || entries[0].Seq != wanted.AfterSeq + 1
            || file.HeadAt(wanted.AfterSeq) is not { } previous)
        {
            throw new InvalidOperationException(
                $"Journal {file.Id} holds no entry behind {wanted.AfterSeq}, although one was to be sent.");
        }

        _writer.Clear();
        var last = new Head(wanted.AfterSeq, previous.Hash);
        foreach (var entry in entries)
        {
            if (!_writer.TryAdd(entry.Bytes, wanted.MaxEntries, maxEntryBytes))
            {
                break;
            }

            last = new Head(entry.Seq, entry.Hash);
        }

        var clocks = WithSendingBoot(file.ClocksFor(wanted.AfterSeq + 1, last.Seq));
        return _writer.Sign(new BatchHeader(
            cabinet, file.Id, signer.KeyId, wanted.GapBase, previous, last, clocks), signer);
    }

    /// <summary>A closed journal never heard this boot; the current one did.</summary>
    private IReadOnlyList<ClockObservation> WithSendingBoot(IReadOnlyList<ClockObservation> clocks) =>
        clocks.Any(observation => observation.Boot == clock.Boot)
        || store.Current.ObservationOf(clock.Boot) is not { } sending
            ? clocks
            : [.. clocks.TakeLast(Limits.MaxClockObservations - 1), sending];
}
