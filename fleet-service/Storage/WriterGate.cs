namespace KioskFleet.Service.Storage;

/// <summary>
/// Lets one writer transaction at a time through, in the order of asking. SQLite has one writer per file and makes
/// the others poll; a queue in the process wastes no time and starves nobody. What a cabinet waits for goes before what
/// is only derived from it. Thread-safe. A turn is not re-entrant: whoever asks again while holding one waits for
/// itself.
/// </summary>
/// <param name="time">Measures how long receipts were waited for.</param>
internal sealed class WriterGate(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Asked> _waiting = new();
    private readonly LinkedList<Asked> _waitingFirst = new();
    private bool _taken;
    private bool _wasFirst;
    private int _receiptsAwaited;
    private long _awaitedSince;
    private TimeSpan _awaited;

    /// <summary>
    /// For how long altogether somebody waited for or held a turn that cabinets' receipts hang on. What it grows by in
    /// some time, divided by that time, says how busy the ledger is.
    /// </summary>
    public TimeSpan ReceiptsAwaited
    {
        get
        {
            lock (_lock)
            {
                return _receiptsAwaited > 0 ? _awaited + time.GetElapsedTime(_awaitedSince) : _awaited;
            }
        }
    }

    /// <summary>True while somebody waits for or holds such a turn.</summary>
    public bool AreReceiptsAwaited
    {
        get
        {
            lock (_lock)
            {
                return _receiptsAwaited > 0;
            }
        }
    }

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
        EnterAsync(isFirst: false, isReceiptAwaited: false, cancellationToken);

    /// <summary>
    /// The same, before all that wait for a turn in order; when some do, every second turn is theirs.
    /// </summary>
    /// <param name="isReceiptAwaited">True when sales wait for it: then what follows the ledger makes way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no turn was taken.</exception>
    public ValueTask<Turn> EnterFirstAsync(bool isReceiptAwaited, CancellationToken cancellationToken) =>
        EnterAsync(isFirst: true, isReceiptAwaited, cancellationToken);

    private ValueTask<Turn> EnterAsync(bool isFirst, bool isReceiptAwaited, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Asked> node;
        lock (_lock)
        {
            if (isReceiptAwaited && ++_receiptsAwaited == 1)
            {
                _awaitedSince = time.GetTimestamp();
            }

            if (!_taken)
            {
                (_taken, _wasFirst) = (true, isFirst);
                return ValueTask.FromResult(new Turn(this, isReceiptAwaited));
            }

            node = (isFirst ? _waitingFirst : _waiting).AddLast(new Asked(isReceiptAwaited));
        }

        return cancellationToken.CanBeCanceled
            ? new ValueTask<Turn>(WaitAsync(node, cancellationToken))
            : new ValueTask<Turn>(node.Value.Task);
    }

    private async Task<Turn> WaitAsync(LinkedListNode<Asked> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Leave(node, cancellationToken));
        return await node.Value.Task;
    }

    private void Leave(LinkedListNode<Asked> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is not { } waiting)
            {
                // The turn was already handed over: the caller holds it and gives it back.
                return;
            }

            waiting.Remove(node);
            ReceiptsDone(node.Value.IsReceiptAwaited);
        }

        node.Value.SetCanceled(cancellationToken);
    }

    private void Exit(bool isReceiptAwaited)
    {
        Asked next;
        lock (_lock)
        {
            ReceiptsDone(isReceiptAwaited);
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

        next.SetResult(new Turn(this, next.IsReceiptAwaited));
    }

    /// <summary>Under the lock.</summary>
    private void ReceiptsDone(bool isReceiptAwaited)
    {
        if (isReceiptAwaited && --_receiptsAwaited == 0)
        {
            _awaited += time.GetElapsedTime(_awaitedSince);
        }
    }

    /// <summary>The right to write. Disposing it twice is harmless.</summary>
    internal sealed class Turn(WriterGate gate, bool isReceiptAwaited) : IDisposable
    {
        private WriterGate? _gate = gate;

        /// <summary>Gives the turn to the next caller.</summary>
        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Exit(isReceiptAwaited);
    }

    /// <summary>Somebody who waits for a turn.</summary>
    private sealed class Asked(bool isReceiptAwaited)
        : TaskCompletionSource<Turn>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool IsReceiptAwaited { get; } = isReceiptAwaited;
    }
}
