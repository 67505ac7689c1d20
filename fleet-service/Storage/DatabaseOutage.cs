namespace KioskFleet.Service.Storage;

/// <summary>
/// Tells once of a database that does not answer, and once when it answers again. Everything that works with it fails
/// meanwhile, each in its own time, and would say the same again and again. Thread-safe.
/// </summary>
internal sealed class DatabaseOutage(string name, TimeProvider time, ILogger log)
{
    private readonly Lock _lock = new();
    private volatile bool _isOut;
    private long _since;

    /// <summary>Something failed because the database does not answer.</summary>
    public void Note(Exception error)
    {
        lock (_lock)
        {
            if (_isOut)
            {
                return;
            }

            (_isOut, _since) = (true, time.GetTimestamp());
        }

        StorageLog.Away(log, name, error.Message.TrimEnd('.'));
    }

    /// <summary>The database answers.</summary>
    public void Over()
    {
        if (!_isOut)
        {
            return;
        }

        TimeSpan took;
        lock (_lock)
        {
            if (!_isOut)
            {
                return;
            }

            (_isOut, took) = (false, time.GetElapsedTime(_since));
        }

        StorageLog.Back(log, name, took.TotalSeconds);
    }
}
