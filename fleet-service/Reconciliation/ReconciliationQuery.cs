using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The figures of a window.</summary>
/// <param name="Window">Its name.</param>
/// <param name="From">First business day.</param>
/// <param name="To">First business day after it.</param>
/// <param name="IsCurrent">False when the newest entries of the ledger were not read yet.</param>
/// <param name="All">All rows together.</param>
/// <param name="Rows">By operator and county.</param>
internal sealed record FiguresShown(
    string Window, DateOnly From, DateOnly To, bool IsCurrent, ReconciliationFigures All,
    IReadOnlyList<ReconciliationFigures> Rows);

/// <summary>A sale beside its payment. Amounts in fen.</summary>
internal sealed record SaleBesideBill(
    long Position, string VendId, DateTime SoldUtc, DateOnly BusinessDay, string OperatorId, string PaymentMethod,
    string MerchantOrderNumber, string TransactionNumber, long PaidFen, long AidFen, long RefundedFen, SaleState State,
    MatchCause Cause, long BillFen, IReadOnlyList<RefundShown> Refunds);

/// <summary>A payment of a bill without a sale. Amounts in fen.</summary>
internal sealed record PaymentShown(
    string Provider, string OperatorId, DateOnly BillDay, string TransactionNumber, string MerchantOrderNumber,
    DateTime PaidUtc, long KeptFen, string State, string CabinetId, BelongsTo? BelongsTo);

/// <summary>
/// Answers about recorded sales beside payment bills. Thread-safe; used by the HTTP interface and whoever else shows
/// them.
/// </summary>
internal sealed class ReconciliationQuery(
    SaleQueries sales, PaymentQueries payments, BillStore bills, FleetRegister register, CurrentPolicies policies,
    ReconciliationClock clock)
{
    private const int MaxScanned = 10_000;

    /// <summary>The present business day.</summary>
    public DateOnly Today => clock.Today;

    /// <summary>The figures of a window.</summary>
    public FiguresShown Figures(JudgingWindow window, SaleFilter filter, bool isCurrent)
    {
        var wait = Wait();
        using var traces = payments.Traces();
        var placed = payments.Unrecorded(filter.FromDay, filter.ToDay, filter.OperatorId)
            .Select(p => Place(p, traces.CabinetOf(p, traces.Of(p))))
            .Where(p => (filter.CountyCode.Length == 0 || p.CountyCode == filter.CountyCode)
                && (filter.CabinetId.Length == 0 || p.CabinetId == filter.CabinetId));
        var rows = FiguresRule.By(sales.Days(filter), sales.Differing(filter), placed, wait);
        return new FiguresShown(window.Name, window.From, window.To, isCurrent, FiguresRule.Total(rows), rows);
    }

    /// <summary>A cabinet's sales, newest first; only those in a state, or all.</summary>
    public BackwardsPage<SaleBesideBill> Sales(SaleFilter filter, SaleState? state, long? before, int count)
    {
        var wait = Wait();
        var found = new List<SaleBesideBill>();
        var (at, scanned) = (before ?? long.MaxValue, 0);
        while (true)
        {
            var some = sales.OfCabinet(filter, at, count);
            foreach (var (sale, settlement) in some)
            {
                at = sale.Place.Position;
                scanned++;
                var shown = wait.StateOf(sale, settlement);
                if (state is null || shown == state)
                {
                    found.Add(Show(sale, settlement, shown));
                    if (found.Count == count)
                    {
                        return new BackwardsPage<SaleBesideBill>(found, at);
                    }
                }
            }

            if (some.Count < count || scanned >= MaxScanned)
            {
                return new BackwardsPage<SaleBesideBill>(found, some.Count < count ? null : at);
            }
        }
    }

    /// <summary>Payments of a window's bills without a sale.</summary>
    public ResultPage<PaymentShown> Unrecorded(SaleFilter filter, string? provider, bool finalOnly, int page, int size)
    {
        var wait = Wait();
        using var traces = payments.Traces();
        var all = payments.Unrecorded(filter.FromDay, filter.ToDay, filter.OperatorId)
            .Where(p => provider is null || p.Provider.ToString() == provider)
            .Where(p => !finalOnly || wait.IsUnrecorded(new PolicySubject("", p.OperatorId, ""), p.BillDay))
            .ToList();
        var cut = ResultPage<UnrecordedPayment>.Cut(all, page, size);
        return new ResultPage<PaymentShown>(
            [.. cut.Items.Select(p => Show(p, traces, wait))], cut.Page, cut.PageSize, cut.Total);
    }

    /// <summary>How the bills of a range of days stand.</summary>
    public IReadOnlyList<BillDayShown> Days(DateOnly from, DateOnly to)
    {
        var (fromDay, toDay) = (BusinessZone.Number(from), BusinessZone.Number(to));
        var operators = OperatorDays.All(register.Current, clock.Zone);
        return BillDaysRule.Of(
            from, to, Today, operators, (bills.Days(fromDay, toDay), sales.Recorded(fromDay, toDay)));
    }

    /// <summary>What absence means at this moment.</summary>
    public WaitRule Wait() => Wait(Today);

    /// <summary>What absence means on a day.</summary>
    public WaitRule Wait(DateOnly today) =>
        new(policies.Book, new BillCalendar(bills.Days(0, int.MaxValue)), today);

    /// <summary>A payment without a sale at its cabinet, with the county that the cabinet had at that moment.</summary>
    public PlacedPayment Place(UnrecordedPayment payment, string cabinetId) => new(
        payment, cabinetId,
        CabinetId.TryParse(cabinetId, out var id) && register.Current.TryGet(id, out var cabinet)
            ? cabinet.AssignmentAt(payment.AtUtcMs).County.Value
            : "");

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;

    private SaleBesideBill Show(RecordedSale sale, SaleSettlement settlement, SaleState state) => new(
        sale.Place.Position, sale.Place.VendId, Utc(sale.Time.UtcMs), BillDays.Of(sale.Time.BusinessDay),
        sale.Place.OperatorId, ReconciliationTexts.Word(sale.Payment.Method.ToString()),
        sale.Payment.MerchantOrderNumber, sale.Payment.TransactionNumber, sale.Amounts.PaidFen, sale.Amounts.AidFen,
        sale.Amounts.RefundedFen, state, settlement.Cause, settlement.BillFen,
        sale.Amounts.RefundedFen == 0 ? [] : sales.RefundsOf(sale));

    private PaymentShown Show(UnrecordedPayment payment, PaymentTraces traces, WaitRule wait)
    {
        var belongsTo = traces.Of(payment);
        var placed = Place(payment, traces.CabinetOf(payment, belongsTo));
        var isFinal = wait.IsUnrecorded(
            new PolicySubject(placed.CabinetId, payment.OperatorId, placed.CountyCode), payment.BillDay);
        return new PaymentShown(
            ReconciliationTexts.Word(payment.Provider.ToString()), payment.OperatorId, BillDays.Of(payment.BillDay),
            payment.Transaction, payment.MerchantOrder, Utc(payment.AtUtcMs), payment.KeptFen,
            isFinal ? "paidNotRecorded" : "pending", placed.CabinetId, belongsTo);
    }
}

/// <summary>The zone of the data set and the present day in it.</summary>
internal sealed class ReconciliationClock(BusinessZone zone, TimeProvider time)
{
    /// <summary>The zone.</summary>
    public BusinessZone Zone => zone;

    /// <summary>Now, Unix milliseconds UTC.</summary>
    public long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The present business day.</summary>
    public DateOnly Today => zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
}
