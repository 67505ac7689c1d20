namespace KioskFleet.Service.Storage;

/// <summary>
/// Lets one writer transaction at a time through, in the order of asking. SQLite has one writer per file and makes
/// the others poll; a queue in the process wastes no time and starves nobody. What a cabinet waits for goes before what
/// is only derived from it. Thread-safe. A turn is not re-entrant: whoever asks again while holding one waits for
/// itself.
/// </summary>
internal sealed class WriterGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<Turn>> _waiting = new();
    private readonly LinkedList<TaskCompletionSource<Turn>> _waitingFirst = new();
    private bool _taken;
    private bool _wasFirst;
    private long _firstTurns;

    /// <summary>How many turns were asked for sales; when it grows, cabinets are waiting for their receipts.</summary>
    public long FirstTurns => Volatile.Read(ref _firstTurns);

    /// <summary>How many callers wait now; for metrics.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count + _waitingFirst.Count;
            }
        }
    }

    /// <summary>Waits for the turn to write; dispose it to let the next caller in.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no turn was taken.</exception>
    public ValueTask<Turn> EnterAsync(CancellationToken cancellationToken = default) =>
        EnterAsync(isFirst: false, cancellationToken);

    /// <summary>
    /// The same, before all that wait for a turn in order; when some do, every second turn is theirs.
    /// </summary>
    /// <param name="isReceiptAwaited">True when sales wait for it: then what follows the ledger makes way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no turn was taken.</exception>
    public ValueTask<Turn> EnterFirstAsync(bool isReceiptAwaited, CancellationToken cancellationToken)
    {
        if (isReceiptAwaited)
        {
            Interlocked.Increment(ref _firstTurns);
        }

        return EnterAsync(isFirst: true, cancellationToken);
    }

    private ValueTask<Turn> EnterAsync(bool isFirst, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<Turn>> node;
        lock (_lock)
        {
            if (!_taken)
            {
                (_taken, _wasFirst) = (true, isFirst);
                return ValueTask.FromResult(new Turn(this));
            }

            node = (isFirst ? _waitingFirst : _waiting).AddLast(
                new TaskCompletionSource<Turn>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return cancellationToken.CanBeCanceled
            ? new ValueTask<Turn>(WaitAsync(node, cancellationToken))
            : new ValueTask<Turn>(node.Value.Task);
    }

    private async Task<Turn> WaitAsync(
        LinkedListNode<TaskCompletionSource<Turn>> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Leave(node, cancellationToken));
        return await node.Value.Task;
    }

    private void Leave(LinkedListNode<TaskCompletionSource<Turn>> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is not { } waiting)
            {
                // The turn was already handed over: the caller holds it and gives it back.
                return;
            }

            waiting.Remove(node);
        }

        node.Value.SetCanceled(cancellationToken);
    }

    private void Exit()
    {
        TaskCompletionSource<Turn> next;
        lock (_lock)
        {
            _wasFirst = _waitingFirst.Count > 0 && !(_wasFirst && _waiting.Count > 0);
            var waiting = _wasFirst ? _waitingFirst : _waiting;
            if (waiting.First is not { } first)
            {
                _taken = false;
                return;
            }

            waiting.RemoveFirst();
            next = first.Value;
        }

        next.SetResult(new Turn(this));
    }

    /// <summary>The right to write. Disposing it twice is harmless.</summary>
    internal sealed class Turn(WriterGate gate) : IDisposable
    {
        private WriterGate? _gate = gate;

        /// <summary>Gives the turn to the next caller.</summary>
        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Exit();
    }
}
