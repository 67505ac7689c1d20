namespace KioskFleet.Agent.Telemetry;

/// <summary>What is to be cut now.</summary>
internal enum Cut
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What is new.</summary>
    New,

    /// <summary>Everything that is known.</summary>
    Full,
}

/// <summary>
/// When samples are cut: every interval; at once for what cannot wait, at most once a turn; and in full now and then,
/// and when a link was made, because nothing says which messages arrived. Pure: times come in. Not thread-safe.
/// </summary>
internal sealed class CutRule(long intervalMs, long fullMs)
{
    private long? _cutMs;
    private long? _fullMs;
    private long _connects;

    /// <summary>What is to be cut.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="isUrgent">Something must not wait.</param>
    /// <param name="connects">Links made so far.</param>
    public Cut Next(long nowMs, bool isUrgent, long connects)
    {
        var isNewLink = connects != _connects;
        _connects = connects;
        if (isNewLink || _fullMs is not { } full || nowMs - full >= fullMs)
        {
            _fullMs = _cutMs = nowMs;
            return Cut.Full;
        }

        if (!isUrgent && nowMs - _cutMs < intervalMs)
        {
            return Cut.None;
        }

        // What is urgent does not move the rhythm, so that every interval has its sample.
        _cutMs = nowMs - _cutMs < intervalMs ? _cutMs : nowMs;
        return Cut.New;
    }
}
