using System.Collections.Immutable;

namespace KioskFleet.Service.Ledger;

/// <summary>How a batch that the database refused is tried again, to find the entry that it cannot take.</summary>
/// <param name="Apart">Entries, from 0, that are kept apart whatever they say.</param>
/// <param name="TryEntries">Only the first so many are tried; int.MaxValue for all.</param>
/// <param name="Words">The database's words, for the quarantine.</param>
internal sealed record Isolation(ImmutableHashSet<int> Apart, int TryEntries, string Words)
{
    /// <summary>The ordinary case: everything as it is.</summary>
    public static readonly Isolation None = new([], int.MaxValue, "");
}
