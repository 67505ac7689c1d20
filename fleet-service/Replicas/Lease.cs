using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// One work that is done once, as this service sees it: held or not. Held only as long as the lease surely lasts, by
/// the service's own monotonic clock counted from before it asked. Thread-safe.
/// </summary>
internal sealed class Lease(string name, string holder, TimeProvider time) : IWriteFence, IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<CancellationToken> _waiting = New();
    private CancellationTokenSource? _held;

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
    /// <returns>A token that is cancelled when it is lost.</returns>
    public async Task<CancellationToken> WaitAsync(CancellationToken stop)
    {
        while (true)
        {
            Task<CancellationToken> next;
            lock (_gate)
            {
                if (_held is { IsCancellationRequested: true })
                {
                    Forget();
                }

                next = _waiting.Task;
            }

            var token = await next.WaitAsync(stop);
            if (!token.IsCancellationRequested)
            {
                return token;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LeaseLostException">Another service has the work.</exception>
    public void Require(FleetConnection connection)
    {
        if (!LeaseTable.Hold(connection, name, holder))
        {
            Lose();
            throw new LeaseLostException(name);
        }
    }

    /// <summary>The lease was taken or renewed, and lasts for so long from now on; false when it was held before.
    /// </summary>
    public bool Keep(TimeSpan left)
    {
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
            _held = new CancellationTokenSource(left, time);
            _waiting.TrySetResult(_held.Token);
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

    private static TaskCompletionSource<CancellationToken> New() =>
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

/// <summary>A work went to another service while this one was doing it: what it was about to write is not written.
/// </summary>
internal sealed class LeaseLostException(string work)
    : InvalidOperationException($"The work '{work}' has gone to another service; nothing was written.");
