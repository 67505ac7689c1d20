namespace KioskFleet.Service.Broker;

/// <summary>
/// Caps the bytes that wait for a decision: who comes when the budget is spent waits, in order, until bytes are given
/// back. A part is kept for light messages, which pass heavy ones. A message larger than what it may have waits for all
/// of that; who gives up leaves the queue. Thread-safe.
/// </summary>
/// <param name="capacity">Most bytes taken.</param>
/// <param name="keptForLight">So many of them heavy messages never take; less than the capacity.</param>
internal sealed class ByteBudget(int capacity, int keptForLight = 0)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Request> _waitingLight = new();
    private readonly LinkedList<Request> _waitingHeavy = new();
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
    /// <param name="bytes">How many; give back as many.</param>
    /// <param name="isLight">True for a light message: it waits for light ones alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; nothing was taken.</exception>
    public ValueTask TakeAsync(int bytes, bool isLight, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (waiting, most) = isLight ? (_waitingLight, capacity) : (_waitingHeavy, capacity - keptForLight);
        bytes = Math.Min(bytes, capacity);
        LinkedListNode<Request> node;
        lock (_lock)
        {
            if (waiting.Count == 0 && Fits(bytes, most))
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            node = waiting.AddLast(new Request(bytes));
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
            if (node.List is not { } waiting)
            {
                // Granted already: the caller holds the bytes and gives them back.
                return;
            }

            waiting.Remove(node);

            // It may have been all that kept smaller ones behind it waiting.
            Grant();
        }

        node.Value.Granted.SetCanceled(cancellationToken);
    }

    private void Grant()
    {
        Grant(_waitingLight, capacity);
        Grant(_waitingHeavy, capacity - keptForLight);
    }

    private void Grant(LinkedList<Request> waiting, int most)
    {
        while (waiting.First is { } next && Fits(next.Value.Bytes, most))
        {
            waiting.RemoveFirst();
            _taken += next.Value.Bytes;
            next.Value.Granted.SetResult();
        }
    }

    private bool Fits(int bytes, int most) => _taken + Math.Min(bytes, most) <= most;
}
