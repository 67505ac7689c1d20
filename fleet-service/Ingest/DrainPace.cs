namespace KioskFleet.Service.Ingest;

/// <summary>A turn of a cabinet's next batch.</summary>
/// <param name="PaceMs">How long it is to wait, in milliseconds.</param>
/// <param name="FreeAtMs">When the turn after it begins, in the caller's milliseconds.</param>
internal readonly record struct DrainTurn(uint PaceMs, double FreeAtMs);

/// <summary>
/// How long receipts ask agents to wait before their next batch. Each batch that is to come gets a turn as long as the
/// service takes to commit it, one after the other; so a city that comes back with a week of sales waits on its
/// cabinets, which keep it anyway, and not in the service's memory. Pure.
/// </summary>
internal static class DrainPace
{
    /// <summary>
    /// Who has at most so many entries to send is never asked to wait: a cabinet that is in step pays nothing for those
    /// that are behind.
    /// </summary>
    public const int FreeEntries = 16;

    // The more waits undecided, the less is asked for.
    private const double AskedWhenEmpty = 1.25;
    private const double AskedAtLeast = 0.25;

    // From so full on the service has all the work that it can do; below, it could do more.
    private const double BusyFrom = 0.25;
    private const double WeightOfGroup = 0.3;
    private const double GrowthPerSecond = 2;
    private const double LeastEntriesPerSecond = 100;
    private const double MostEntriesPerSecond = 1_000_000;

    /// <summary>The turn of a batch.</summary>
    /// <param name="freeAtMs">When the turns given so far end.</param>
    /// <param name="nowMs">Now, of the same clock.</param>
    /// <param name="entries">Entries that the batch will hold; 0 or less takes no turn.</param>
    /// <param name="entriesPerSecond">What the service commits; above 0.</param>
    /// <param name="fullness">How full the queue of undecided bytes is, 0 to 1.</param>
    /// <param name="maxPaceMs">The longest pause.</param>
    public static DrainTurn Turn(
        double freeAtMs, double nowMs, long entries, double entriesPerSecond, double fullness, int maxPaceMs)
    {
        // Turns never lie further ahead than a pause may last: who comes after that shares the last one.
        var begin = Math.Clamp(freeAtMs, nowMs, nowMs + maxPaceMs);
        if (entries <= 0)
        {
            return new DrainTurn(0, begin);
        }

        var rate = entriesPerSecond * Math.Max(AskedAtLeast, AskedWhenEmpty - fullness);
        return new DrainTurn(
            entries <= FreeEntries ? 0 : (uint)(begin - nowMs), begin + entries * 1_000.0 / rate);
    }

    /// <summary>
    /// What the service is taken to commit in a second after a group more. While it is busy, what the group shows;
    /// while cabinets wait for their turns and it is not busy, steadily more, because a small group says more of the
    /// disk than of what the service can do.
    /// </summary>
    /// <param name="entriesPerSecond">What it was taken for.</param>
    /// <param name="groupPerSecond">Entries a second of the group.</param>
    /// <param name="fullness">How full the queue of undecided bytes is, 0 to 1.</param>
    /// <param name="secondsSince">Since the group before.</param>
    /// <param name="isPacing">True while turns lie ahead.</param>
    public static double Rate(
        double entriesPerSecond, double groupPerSecond, double fullness, double secondsSince, bool isPacing)
    {
        var rate = fullness >= BusyFrom ? entriesPerSecond + WeightOfGroup * (groupPerSecond - entriesPerSecond)
            : isPacing ? entriesPerSecond * Math.Pow(GrowthPerSecond, Math.Clamp(secondsSince, 0, 1))
            : entriesPerSecond;
        return Math.Clamp(rate, LeastEntriesPerSecond, MostEntriesPerSecond);
    }
}
