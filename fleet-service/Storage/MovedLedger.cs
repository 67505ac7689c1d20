namespace KioskFleet.Service.Storage;

/// <summary>
/// The mark beside a ledger's file that was moved into another database: a service that was started on the old file by
/// mistake would take what people change, and nobody would ever see it. No state.
/// </summary>
internal static class MovedLedger
{
    private const string Ending = ".moved";

    /// <summary>Marks a file as moved.</summary>
    /// <param name="path">The ledger's file.</param>
    /// <param name="target">Where its rows are now.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Mark(string path, string target) => File.WriteAllText(path + Ending, target + "\n");

    /// <summary>Lets nobody open a file that was moved.</summary>
    /// <exception cref="StorageException">It was; the message says where to and what to do.</exception>
    public static void Refuse(string path)
    {
        var mark = path + Ending;
        if (File.Exists(mark))
        {
            throw new StorageException($"{path}: this ledger was moved to {File.ReadAllText(mark).Trim()}. Start with "
                + $"Storage:Engine=PostgreSql; to go on with the old file all the same, remove {mark} first.");
        }
    }
}
