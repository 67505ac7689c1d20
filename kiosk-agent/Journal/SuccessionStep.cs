namespace KioskFleet.Agent.Journal;

/// <summary>
/// The steps of beginning a successor, each durable when it is reached. A start goes on from any of them.
/// </summary>
internal enum SuccessionStep
{
    /// <summary>The pointer names the successor, marked as beginning.</summary>
    PointerMoved,

    /// <summary>A damaged predecessor was renamed.</summary>
    SetAside,

    /// <summary>The successor's file holds its first entry and all carried ones.</summary>
    EntriesWritten,

    /// <summary>The pointer says that the successor is whole.</summary>
    Finished,
}
