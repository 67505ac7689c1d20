namespace KioskFleet.Simulators.Outage;

/// <summary>
/// How long a cabinet's batches waited for the receipt that commits them; sending again does not begin anew. Times in
/// monotonic milliseconds. Thread-safe.
/// </summary>
internal sealed class ReceiptWatch
{
    private readonly Lock _gate = new();
    private long? _sinceMs;
    private ulong _upTo;
    private long _longestMs;
    private long _longestWaitMs;
    private long _receipts;

    /// <summary>Receipts that committed something.</summary>
    public long Receipts
    {
        get
        {
            lock (_gate)
            {
                return _receipts;
            }
        }
    }

    /// <summary>The longest time from a record to the receipt that commits it.</summary>
    public long LongestWaitMs
    {
        get
        {
            lock (_gate)
            {
                return _longestWaitMs;
            }
        }
    }

    /// <summary>A batch was sent, perhaps again.</summary>
    public void Sent(ulong upTo, long nowMs)
    {
        lock (_gate)
        {
            _sinceMs ??= nowMs;
            _upTo = Math.Max(_upTo, upTo);
        }
    }

    /// <summary>The service said that everything up to a number is committed.</summary>
    public void Committed(ulong upTo, long nowMs)
    {
        lock (_gate)
        {
            if (_sinceMs is { } since && upTo >= _upTo)
            {
                _longestMs = Math.Max(_longestMs, nowMs - since);
                _sinceMs = null;
                _receipts++;
            }
        }
    }

    /// <summary>So long had the oldest record of a receipt waited.</summary>
    public void Waited(long milliseconds)
    {
        lock (_gate)
        {
            _longestWaitMs = Math.Max(_longestWaitMs, milliseconds);
        }
    }

    /// <summary>The longest wait of a batch so far, that of one still without a receipt included.</summary>
    public long LongestMs(long nowMs)
    {
        lock (_gate)
        {
            return _sinceMs is { } since ? Math.Max(_longestMs, nowMs - since) : _longestMs;
        }
    }

    /// <summary>Begins anew; a batch under way goes on from now.</summary>
    public void Restart(long nowMs)
    {
        lock (_gate)
        {
            _longestMs = _longestWaitMs = _receipts = 0;
            _sinceMs = _sinceMs is null ? null : nowMs;
        }
    }
}
