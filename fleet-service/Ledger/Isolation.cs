using System.Collections.Immutable;

namespace KioskFleet.Service.Ledger;

/// <summary>How a batch that the database refused is tried again, to find the entry that it cannot take.</summary>
/// <param name="Apart">Entries, from 0, that are kept apart whatever they say, with the database's words.</param>
/// <param name="TryEntries">Only the first so many are tried; int.MaxValue for all.</param>
internal sealed record Isolation(ImmutableDictionary<int, string> Apart, int TryEntries)
{
    /// <summary>The ordinary case: everything as it is.</summary>
    public static readonly Isolation None = new(ImmutableDictionary<int, string>.Empty, int.MaxValue);
}
