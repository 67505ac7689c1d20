namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Whoever changes what bills say enters here first: imports and withdrawals, each many transactions, run one after
/// another. Thread-safe.
/// </summary>
internal sealed class BillTurn : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Waits for the turn; disposing what is returned ends it.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        return new Turn(_one);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
