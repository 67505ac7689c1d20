namespace KioskFleet.Agent.Journal;

/// <summary>
/// Finds entries by id without an index in the file, which would cost a second page per sale: 64-bit keys in memory,
/// read back from the entries at start. Several entries may share an id (an outcome, later its sale); the chain of a
/// key is walked from the newest, and every hit is compared with the entry itself, so a collision of keys does no harm.
/// Not thread-safe: guarded by the journal file's lock.
/// </summary>
internal sealed class IdIndex
{
    private readonly Dictionary<long, ulong> _newest = [];
    private readonly Dictionary<ulong, ulong> _older = [];

    /// <summary>Adds an entry; numbers must rise.</summary>
    public void Add(long key, ulong seq)
    {
        if (key == 0)
        {
            return;
        }

        if (_newest.TryGetValue(key, out var before))
        {
            _older[seq] = before;
        }

        _newest[key] = seq;
    }

    /// <summary>The numbers of a key's entries, newest first.</summary>
    public IEnumerable<ulong> Of(long key)
    {
        for (var found = _newest.TryGetValue(key, out var seq); found; found = _older.TryGetValue(seq, out seq))
        {
            yield return seq;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _newest.Clear();
        _older.Clear();
    }
}
