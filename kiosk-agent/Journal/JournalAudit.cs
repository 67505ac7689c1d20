namespace KioskFleet.Agent.Journal;

/// <summary>shape</summary>
internal static class JournalAudit
{
    public static IReadOnlyList<ChainReport> VerifyFolder(string dataDirectory) => throw null!;
}
