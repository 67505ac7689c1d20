namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// The refunds that are decided and not given yet. Customers bring goods back after the end of a month too, but of a
/// month's aid sales they never bring back so much that it would look staged. Not thread-safe.
/// </summary>
internal sealed class RefundBook
{
    private readonly PriorityQueue<PlannedRefund, (DateTimeOffset At, int Order)> _due = new();
    private readonly CabinetShelf _shelf;
    private readonly RefundChooser _chooser;
    private readonly CheckMarks _marks;

    /// <summary>A book without refunds.</summary>
    public RefundBook(CabinetShelf shelf, RefundChooser chooser, CheckMarks marks)
    {
        _shelf = shelf;
        _chooser = chooser;
        _marks = marks;
    }

    /// <summary>Decides what of a sale will be given back, and takes it off the month at once.</summary>
    public void Decide(SaleIntent sale, DateTimeOffset monthEndUtc, WindowTally tally)
    {
        var refunds = _chooser.Choose(sale);
        var lateAid = refunds.Where(refund => refund.AtUtc >= monthEndUtc
            && _shelf.ClassOf(refund.Of.Sku) == ShelfClass.Aid).Sum(static refund => refund.AmountFen);
        // At most half of the part that is found.
        var room = tally.GrossAidFen * _marks.LateRefundShareBasisPoints / 20_000;
        if (lateAid > 0 && tally.LateAidRefundFen + lateAid > room)
        {
            return;
        }

        foreach (var refund in refunds)
        {
            Enqueue(refund);
            tally.Refund(_shelf.ClassOf(refund.Of.Sku), refund.AmountFen, refund.AtUtc >= monthEndUtc);
        }
    }

    /// <summary>The whole of a sale will be given back.</summary>
    public void GiveBack(SaleIntent sale, DateTimeOffset at)
    {
        foreach (var refund in _chooser.Whole(sale, at))
        {
            Enqueue(refund);
        }
    }

    /// <summary>Takes out the refunds up to an instant, in the order of time.</summary>
    public IEnumerable<PlannedRefund> Until(DateTimeOffset at)
    {
        while (_due.TryPeek(out var refund, out _) && refund.AtUtc <= at)
        {
            yield return _due.Dequeue();
        }
    }

    private void Enqueue(PlannedRefund refund) => _due.Enqueue(refund, (refund.AtUtc, refund.Order));
}
