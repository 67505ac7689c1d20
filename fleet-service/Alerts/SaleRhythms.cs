namespace KioskFleet.Service.Alerts;

/// <summary>
/// How often each cabinet sells, in memory, from the ledger's sales by position. After a start it looks at the newest
/// <see cref="LookBack"/> entries again. One caller at a time.
/// </summary>
internal sealed class SaleRhythms(AlertStore store)
{
    /// <summary>Entries that a start looks back over: a month of a city of 2,700 cabinets.</summary>
    public const long LookBack = 2_500_000;

    private const int Stretch = 50_000;
    private readonly Dictionary<string, SaleRhythm> _rhythms = [];
    private long? _position;

    /// <summary>The rhythm of a cabinet; null while it sold nothing.</summary>
    public SaleRhythm? Of(string cabinet) => _rhythms.TryGetValue(cabinet, out var rhythm) ? rhythm : null;

    /// <summary>Reads what was committed since.</summary>
    public void Follow(CancellationToken cancellationToken)
    {
        var last = store.LastPosition();
        if (_position is not { } position || position > last)
        {
            // The first time, or a ledger that was restored from a backup.
            _rhythms.Clear();
            position = Math.Max(0, last - LookBack);
        }

        for (; position < last; position = Math.Min(position + Stretch, last))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var sold in store.Sales(position, Math.Min(position + Stretch, last)))
            {
                _rhythms[sold.Cabinet] = _rhythms.TryGetValue(sold.Cabinet, out var before)
                    ? before.With(sold)
                    : SaleRhythm.Of(sold.FirstUtcMs).With(sold);
            }
        }

        _position = last;
    }
}
