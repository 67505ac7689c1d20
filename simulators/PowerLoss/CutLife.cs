namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// One life of the program under test: from its start on a disk to the cut at the event with a given ordinal, or to
/// its own end. What counts as answered closes before the power goes, so nothing is counted that came too late.
/// </summary>
internal sealed class CutLife<TItem> : IDisposable
    where TItem : notnull
{
    private readonly PowerLossDisk _disk;
    private readonly long _cutAt;
    private readonly Lock _gate = new();
    private readonly HashSet<TItem> _answered = [];
    private readonly CancellationTokenSource _powerLost = new();
    private Task _cancelling = Task.CompletedTask;
    private DiskEvent? _moment;
    private bool _isClosed;

    private CutLife(PowerLossDisk disk, long cutAt)
    {
        _disk = disk;
        _cutAt = cutAt;
    }

    /// <summary>Lives one life.</summary>
    /// <param name="disk">The disk; without power afterwards.</param>
    /// <param name="cutAt">Ordinal of the event at which the power goes.</param>
    /// <param name="workload">The program.</param>
    /// <exception cref="InvalidOperationException">The disk's model failed.</exception>
    public static async Task<LifeEnd<TItem>> LiveAsync(PowerLossDisk disk, long cutAt, CutWorkload<TItem> workload)
    {
        using CutLife<TItem> life = new(disk, cutAt);
        disk.OnEvent = life.CutWhenDue;
        string? failure = await life.RunAsync(workload);
        disk.PowerOff();
        await life._cancelling;
        if (disk.Fault is { } fault)
        {
            throw new InvalidOperationException("The power-loss disk itself failed.", fault);
        }

        return new LifeEnd<TItem>(life._answered, life._moment, disk.Events, failure);
    }

    /// <inheritdoc/>
    public void Dispose() => _powerLost.Dispose();

    private async Task<string?> RunAsync(CutWorkload<TItem> workload)
    {
        try
        {
            await workload(_disk, Answer, _powerLost.Token);
            return null;
        }
        catch (Exception) when (!_disk.IsPowered)
        {
            // The program dies of the missing power; that is what the campaign is for.
            return null;
        }
        catch (Exception exception)
        {
            // Under power the program should live; whatever stops it is a finding, not the end of the campaign.
            return $"could not go on: {exception.GetType().Name}: {exception.Message}";
        }
    }

    private void CutWhenDue(DiskEvent happened)
    {
        if (happened.Ordinal != _cutAt)
        {
            return;
        }

        lock (_gate)
        {
            _isClosed = true;
            _moment = happened;
        }

        _disk.PowerOff();

        // Not inline: continuations of the program must not run inside SQLite.
        _cancelling = _powerLost.CancelAsync();
    }

    private void Answer(TItem item)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _answered.Add(item);
            }
        }
    }
}

/// <summary>How a life ended.</summary>
/// <param name="Answered">Items answered before the cut.</param>
/// <param name="Moment">The event of the cut, or null when the program ended first.</param>
/// <param name="Events">Events of the disk in this life.</param>
/// <param name="Failure">Why the program stopped under power, or null.</param>
internal sealed record LifeEnd<TItem>(
    IReadOnlySet<TItem> Answered, DiskEvent? Moment, long Events, string? Failure);
