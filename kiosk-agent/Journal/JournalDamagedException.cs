namespace KioskFleet.Agent.Journal;

/// <summary>
/// A journal's file cannot be read, or an entry is not what its chain says. The way on is
/// <see cref="JournalStore.BeginSuccessor"/> with the reason Corrupt.
/// </summary>
internal sealed class JournalDamagedException(string message, ulong seq, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>The first entry that is damaged; 0 when it cannot be told.</summary>
    public ulong Seq { get; } = seq;
}
