namespace KioskFleet.Service.Catalogue;

/// <summary>
/// The catalogue in force now. A change replaces the snapshot as a whole; a reader keeps the one it took. Thread-safe.
/// </summary>
internal sealed class CurrentCatalogue(CatalogueSnapshot first)
{
    private CatalogueSnapshot _snapshot = first;

    /// <summary>
    /// Told after a newer snapshot is in force, on the thread that put it there; a handler only wakes somebody.
    /// </summary>
    public event Action? Replaced;

    /// <summary>The newest snapshot. Take it once and judge everything that belongs together by it.</summary>
    public CatalogueSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Puts a newer snapshot in force; an older one than the present changes nothing.</summary>
    public void Replace(CatalogueSnapshot next)
    {
        var seen = Volatile.Read(ref _snapshot);
        while (next.Version > seen.Version)
        {
            var found = Interlocked.CompareExchange(ref _snapshot, next, seen);
            if (ReferenceEquals(found, seen))
            {
                Replaced?.Invoke();
                return;
            }

            seen = found;
        }
    }
}
