using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// One work that is done once, as this service sees it: held or not. Held only as long as the lease surely lasts, by
/// the service's own monotonic clock counted from before it asked. Thread-safe.
/// </summary>
internal sealed class Lease(string name, string holder, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<HeldLease> _waiting = New();
    private CancellationTokenSource? _held;
    private long _term;

    /// <summary>The work.</summary>
    public string Name => name;

    /// <summary>True while this service is to do the work.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _held is { IsCancellationRequested: false };
            }
        }
    }

    /// <summary>Waits until the lease is held.</summary>
    public async Task<HeldLease> WaitAsync(CancellationToken stop)
    {
        while (true)
        {
            Task<HeldLease> next;
            lock (_gate)
            {
                if (_held is { IsCancellationRequested: true })
                {
                    Forget();
                }

                next = _waiting.Task;
            }

            var held = await next.WaitAsync(stop);
            if (!held.Lost.IsCancellationRequested)
            {
                return held;
            }
        }
    }

    /// <summary>Makes sure that the lease is held in a term, until the end of the caller's transaction.</summary>
    /// <exception cref="LeaseLostException">Another service has the work, or had it meanwhile.</exception>
    internal void Require(FleetConnection connection, long term)
    {
        if (!LeaseTable.Hold(connection, name, holder, term))
        {
            if (Volatile.Read(ref _term) == term)
            {
                Lose();
            }

            throw new LeaseLostException(name);
        }
    }

    /// <summary>
    /// The lease was taken or renewed in a term, and lasts for so long from now on; false when it was held before. When
    /// it was another's meanwhile, what was begun before is over.
    /// </summary>
    public bool Keep(TimeSpan left, long term)
    {
        if (term != Volatile.Read(ref _term))
        {
            Lose();
        }

        lock (_gate)
        {
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (_held is { IsCancellationRequested: false } held)
            {
                held.CancelAfter(left);
                return false;
            }

            Forget();
            _term = term;
            _held = new CancellationTokenSource(left, time);
            _waiting.TrySetResult(new HeldLease(this, term, _held.Token));
            return true;
        }
    }

    /// <summary>Another service has it; true when it was held until now.</summary>
    public bool Lose()
    {
        CancellationTokenSource? held;
        lock (_gate)
        {
            held = _held;
            Forget();
        }

        // Outside the lock: what waits for it runs on.
        var was = held is { IsCancellationRequested: false };
        held?.Cancel();
        held?.Dispose();
        return was;
    }

    /// <inheritdoc/>
    public void Dispose() => Lose();

    private static TaskCompletionSource<HeldLease> New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Whoever waits with its token was told before: it is only ever forgotten when it is cancelled, or about to be.
    private void Forget()
    {
        _held = null;
        if (_waiting.Task.IsCompleted)
        {
            _waiting = New();
        }
    }
}

/// <summary>
/// A lease in one of its terms: stands before what is written in it, also when the service stood still while the work
/// went to another and came back. Thread-safe.
/// </summary>
/// <param name="lease">The lease.</param>
/// <param name="term">The term.</param>
/// <param name="lost">Cancelled when it is lost.</param>
internal sealed class HeldLease(Lease lease, long term, CancellationToken lost) : IWriteFence
{
    /// <summary>Cancelled when the lease is lost.</summary>
    public CancellationToken Lost => lost;

    /// <inheritdoc/>
    /// <exception cref="LeaseLostException">Another service has the work, or had it meanwhile.</exception>
    public void Require(FleetConnection connection) => lease.Require(connection, term);
}

/// <summary>A work went to another service while this one was doing it: what it was about to write is not written.
/// </summary>
internal sealed class LeaseLostException(string work)
    : InvalidOperationException($"The work '{work}' has gone to another service; nothing was written.");
