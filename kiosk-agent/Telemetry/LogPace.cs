namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Says when one more log line about the same thing is due: the first at once, then one in ten minutes. One caller at a
/// time.
/// </summary>
internal sealed class LogPace(TimeProvider time)
{
    /// <summary>Shortest time between two lines.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromMinutes(10);

    private long? _last;

    /// <summary>True when a line is due; the caller writes it then.</summary>
    public bool IsDue()
    {
        if (_last is { } last && time.GetElapsedTime(last) < Between)
        {
            return false;
        }

        _last = time.GetTimestamp();
        return true;
    }
}
