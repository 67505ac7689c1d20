using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>Log messages of the journal: event ids 1000 to 1099.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(1000, LogLevel.Information, "Journal {Journal} begun")]
    internal static partial void Begun(this ILogger log, JournalId journal);

    [LoggerMessage(1001, LogLevel.Information, "Journal {Journal} opened at {Tail}, {Backlog} entries uncommitted")]
    internal static partial void Opened(this ILogger log, JournalId journal, Head tail, long backlog);

    [LoggerMessage(1002, LogLevel.Error, "Journal {Journal} ended ({Reason}): {Detail}")]
    internal static partial void Ended(this ILogger log, JournalId journal, SuccessionReason reason, string detail);

    [LoggerMessage(1003, LogLevel.Warning,
        "Journal {Journal} succeeds {Predecessor} after {LastCommon}: {Carried} entries carried, {Salvaged} salvaged")]
    internal static partial void Succeeded(
        this ILogger log, JournalId journal, JournalId predecessor, Head lastCommon, int carried, int salvaged);

    [LoggerMessage(1004, LogLevel.Error, "The damaged file of journal {Journal} was set aside as {File}")]
    internal static partial void SetAside(this ILogger log, JournalId journal, string file);

    [LoggerMessage(1005, LogLevel.Warning, "The disk is full: the reserve was given back to it (had one: {Released})")]
    internal static partial void DiskFull(this ILogger log, bool released);

    [LoggerMessage(1006, LogLevel.Information, "Retention deleted entries of journal {Journal} up to {LastDeleted}")]
    internal static partial void Retained(this ILogger log, JournalId journal, ulong lastDeleted);

    [LoggerMessage(1007, LogLevel.Information, "Retention deleted the ended journal {Journal}")]
    internal static partial void EndedDeleted(this ILogger log, JournalId journal);

    [LoggerMessage(1008, LogLevel.Error, "The pointer file is missing or damaged: found again from {Files} journals")]
    internal static partial void PointerRebuilt(this ILogger log, int files);

    [LoggerMessage(1010, LogLevel.Warning, "{Count} entries of the ended journal {Journal} were carried over")]
    internal static partial void CarriedOver(this ILogger log, JournalId journal, int count);

    [LoggerMessage(1009, LogLevel.Error, "The half-made journal {Journal} cannot be read and is made again: {Detail}")]
    internal static partial void BegunAgain(this ILogger log, JournalId journal, string detail);
}
