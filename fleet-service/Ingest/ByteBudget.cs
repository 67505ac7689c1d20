namespace KioskFleet.Service.Ingest;

/// <summary>
/// Caps the bytes that wait for a decision: who comes when the budget is spent waits, in order, until bytes are given
/// back. A message larger than the whole budget waits for all of it. Thread-safe.
/// </summary>
internal sealed class ByteBudget(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private int _taken;

    /// <summary>Bytes taken now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How full the budget is, 0 to 1.</summary>
    public double Fullness => (double)Taken / capacity;

    /// <summary>Takes bytes, waiting while they do not fit.</summary>
    public ValueTask TakeAsync(int bytes)
    {
        bytes = Math.Min(bytes, capacity);
        lock (_lock)
        {
            if (_waiting.Count == 0 && _taken + bytes <= capacity)
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
            return new ValueTask(granted.Task);
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes)
    {
        lock (_lock)
        {
            _taken -= Math.Min(bytes, capacity);
            while (_waiting.TryPeek(out var next) && _taken + next.Bytes <= capacity)
            {
                _waiting.Dequeue();
                _taken += next.Bytes;
                next.Granted.SetResult();
            }
        }
    }
}
