namespace KioskFleet.Simulators.Crash;

/// <summary>
/// What the load sent, and what of it was answered as recorded: the truth that the ledger is held against. What was
/// sent and not answered may exist, once. Thread-safe.
/// </summary>
internal sealed class AnswerBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecordKey, SentRecord> _sent = [];
    private readonly HashSet<RecordKey> _answered = [];

    /// <summary>Number of records answered.</summary>
    public int AnsweredCount
    {
        get
        {
            lock (_gate)
            {
                return _answered.Count;
            }
        }
    }

    /// <summary>Notes a record before it is sent; sending it again changes nothing.</summary>
    public void Sent(SentRecord record)
    {
        lock (_gate)
        {
            _sent.TryAdd(record.Key, record);
        }
    }

    /// <summary>Notes that the agent answered a record that was sent: from now on it may not be missing.</summary>
    public void Answered(RecordKey key)
    {
        lock (_gate)
        {
            if (!_sent.ContainsKey(key))
            {
                throw new InvalidOperationException($"{key} was answered and never sent.");
            }

            _answered.Add(key);
        }
    }

    /// <summary>A copy of everything sent.</summary>
    public IReadOnlyDictionary<RecordKey, SentRecord> AllSent()
    {
        lock (_gate)
        {
            return new Dictionary<RecordKey, SentRecord>(_sent);
        }
    }

    /// <summary>A copy of the keys answered.</summary>
    /// <param name="cabinet">Of one cabinet only; null: of all.</param>
    public IReadOnlySet<RecordKey> AllAnswered(string? cabinet = null)
    {
        lock (_gate)
        {
            return _answered.Where(key => cabinet is null || key.Cabinet == cabinet).ToHashSet();
        }
    }
}
