namespace KioskFleet.Service.Ingest;

/// <summary>
/// Caps the bytes that wait for a decision: who comes when the budget is spent waits, in order, until bytes are given
/// back. A message larger than the whole budget waits for all of it; who gives up leaves the queue. Thread-safe.
/// </summary>
internal sealed class ByteBudget(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Request> _waiting = new();
    private int _taken;

    private sealed record Request(int Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Bytes taken now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How full the budget is, 0 to 1.</summary>
    public double Fullness => (double)Taken / capacity;

    /// <summary>Takes bytes, waiting while they do not fit.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; nothing was taken.</exception>
    public ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bytes = Math.Min(bytes, capacity);
        LinkedListNode<Request> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _taken + bytes <= capacity)
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            node = _waiting.AddLast(new Request(bytes));
        }

        return new ValueTask(WaitAsync(node, cancellationToken));
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes)
    {
        lock (_lock)
        {
            _taken -= Math.Min(bytes, capacity);
            Grant();
        }
    }

    private async Task WaitAsync(LinkedListNode<Request> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Leave(node, cancellationToken));
        await node.Value.Granted.Task;
    }

    private void Leave(LinkedListNode<Request> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                // Granted already: the caller holds the bytes and gives them back.
                return;
            }

            _waiting.Remove(node);

            // It may have been all that kept smaller ones behind it waiting.
            Grant();
        }

        node.Value.Granted.SetCanceled(cancellationToken);
    }

    private void Grant()
    {
        while (_waiting.First is { } next && _taken + next.Value.Bytes <= capacity)
        {
            _waiting.RemoveFirst();
            _taken += next.Value.Bytes;
            next.Value.Granted.SetResult();
        }
    }
}
