using System.Collections.Concurrent;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Simulators.Outage;

/// <summary>Counts what links of many cabinets went through. Thread-safe.</summary>
internal sealed class LinkTally
{
    private readonly ConcurrentDictionary<Refusal, long> _refusals = new();
    private long _connected;
    private long _refused;
    private long _broken;
    private long _unanswered;
    private long _paced;
    private long _longestPaceMs;

    /// <summary>Links that came up.</summary>
    public long Connects => Volatile.Read(ref _connected);

    /// <summary>Tries to connect that failed.</summary>
    public long RefusedConnects => Volatile.Read(ref _refused);

    /// <summary>Links that broke.</summary>
    public long BrokenLinks => Volatile.Read(ref _broken);

    /// <summary>Links that were left because nothing was answered.</summary>
    public long UnansweredLinks => Volatile.Read(ref _unanswered);

    /// <summary>Receipts that asked for a pause.</summary>
    public long PacedReceipts => Volatile.Read(ref _paced);

    /// <summary>The longest pause that a receipt asked for, in milliseconds.</summary>
    public long LongestPaceMs => Volatile.Read(ref _longestPaceMs);

    /// <summary>Refusals by their reason.</summary>
    public IReadOnlyDictionary<string, long> Refusals =>
        _refusals.ToDictionary(static one => one.Key.ToString(), static one => one.Value);

    /// <summary>Begins to count anew.</summary>
    public void Restart()
    {
        _refusals.Clear();
        Interlocked.Exchange(ref _connected, 0);
        Interlocked.Exchange(ref _refused, 0);
        Interlocked.Exchange(ref _broken, 0);
        Interlocked.Exchange(ref _unanswered, 0);
        Interlocked.Exchange(ref _paced, 0);
        Interlocked.Exchange(ref _longestPaceMs, 0);
    }

    /// <summary>A link came up.</summary>
    public void Connected() => Interlocked.Increment(ref _connected);

    /// <summary>A try failed.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>A link broke.</summary>
    public void Broken() => Interlocked.Increment(ref _broken);

    /// <summary>A link was left unanswered.</summary>
    public void Unanswered() => Interlocked.Increment(ref _unanswered);

    /// <summary>The service refused a message.</summary>
    public void Answered(Refusal refusal) => _refusals.AddOrUpdate(refusal, 1, static (_, count) => count + 1);

    /// <summary>A receipt asked for a pause.</summary>
    public void Paced(uint paceMs)
    {
        if (paceMs == 0)
        {
            return;
        }

        Interlocked.Increment(ref _paced);
        for (var seen = LongestPaceMs; paceMs > seen; seen = LongestPaceMs)
        {
            if (Interlocked.CompareExchange(ref _longestPaceMs, paceMs, seen) == seen)
            {
                break;
            }
        }
    }
}
