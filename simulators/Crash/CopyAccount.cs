namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Keeps account of where each answered record has a copy: on its cabinet's disk and in the ledger. A cabinet loses
/// copies only by what the campaign does to its disk, and the ledger only by being restored; a record that has thereby
/// no copy left is destroyed, and only such a one may be missing at the end. Pure: it is told what happened and what
/// the ledger held at that moment. Not thread-safe.
/// </summary>
internal sealed class CopyAccount
{
    private readonly Dictionary<RecordKey, string> _taken = [];
    private readonly Dictionary<RecordKey, string> _destroyed = [];

    /// <summary>Records without a copy, each with what took the last one.</summary>
    public IReadOnlyDictionary<RecordKey, string> Destroyed => _destroyed;

    /// <summary>What an image of a cabinet's disk holds when it is taken now.</summary>
    /// <param name="answered">Everything that the cabinet has answered so far.</param>
    public IReadOnlySet<RecordKey> ImageOf(IReadOnlySet<RecordKey> answered) =>
        answered.Where(key => !_taken.ContainsKey(key)).ToHashSet();

    /// <summary>A cabinet's disk became an older image of itself.</summary>
    /// <param name="cabinet">The cabinet.</param>
    /// <param name="answered">Everything that it had answered.</param>
    /// <param name="image">What the image holds, from <see cref="ImageOf"/>.</param>
    /// <param name="what">Names the injection.</param>
    public void ImageRestored(
        string cabinet, IReadOnlySet<RecordKey> answered, IReadOnlySet<RecordKey> image, string what)
    {
        foreach (var key in _taken.Keys.Where(key => key.Cabinet == cabinet && image.Contains(key)).ToList())
        {
            _taken.Remove(key);
        }

        foreach (var key in answered.Where(key => !image.Contains(key)))
        {
            _taken[key] = what;
        }
    }

    /// <summary>Some records on a cabinet's disk were overwritten.</summary>
    public void Overwritten(IEnumerable<RecordKey> records, string what)
    {
        foreach (var key in records)
        {
            _taken.TryAdd(key, what);
        }
    }

    /// <summary>
    /// Says what the ledger holds at this moment, right after an injection: what is on no disk and not there either is
    /// destroyed from now on; what came back with an image or a backup is not any more.
    /// </summary>
    /// <param name="ledger">Every record that the ledger holds.</param>
    /// <param name="what">Names the injection.</param>
    public void Settle(IReadOnlySet<RecordKey> ledger, string what)
    {
        foreach (var key in _destroyed.Keys.Where(key => !_taken.ContainsKey(key) || ledger.Contains(key)).ToList())
        {
            _destroyed.Remove(key);
        }

        foreach (var key in _taken.Keys.Where(key => !ledger.Contains(key)))
        {
            _destroyed.TryAdd(key, what);
        }
    }
}
