using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>
/// The way of a vend on the cabinet: request, outcome, session, refund. Every answer that says "recorded" or
/// "approved" is given after the fsync. Idempotent by the caller's ids, across restarts and successor journals.
/// Thread-safe: one call at a time decides and writes.
/// </summary>
internal sealed partial class VendFlow
{
    private readonly JournalStore _store;
    private readonly ShareBook _share;
    private readonly BootClock _clock;
    private readonly VendingOptions _options;
    private readonly SpaceGuard _space;
    private readonly ILogger<VendFlow> _log;
    private CabinetPlan? _plan;
    private JournalFile? _bookOf;
    private VendBook? _vends;
    private StockBook? _stock;

    /// <summary>Makes the flow over open journals.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public VendFlow(
        JournalStore store, ShareBook share, CabinetPlan? plan, VendingOptions options, SpaceGuard space,
        ILogger<VendFlow> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        _store = store;
        _share = share;
        _clock = share.Clock;
        _options = options;
        _space = space;
        _log = log;
        _plan = plan;
    }

    /// <summary>The cabinet's plan; null when there is none. Setting it counts the stock anew.</summary>
    public CabinetPlan? Plan
    {
        get => Volatile.Read(ref _plan);
        set => _store.InCurrent(_ =>
        {
            Volatile.Write(ref _plan, value);
            _stock = null;
            _log.PlanChanged(value?.Slots.Count ?? 0);
            return true;
        });
    }

    /// <summary>True while the cabinet sells nothing: requests are denied, deliveries still recorded.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Approved vends and open sessions without an outcome.</summary>
    public int OpenVends => _store.InCurrent(journal => Vends(journal).OpenVends);

    /// <summary>
    /// May this vend begin? The same id and content gets the same answer again; one that ran out or was denied is
    /// judged anew.
    /// </summary>
    public VendAnswer RequestVend(VendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (InputCheck.Of(request) is { } problem)
        {
            return new VendAnswer.Invalid(problem);
        }

        return _store.InCurrent(journal => Admit(journal, new VendRow(request.Id, VendRowKind.Vend, request.Slot,
            request.Sku, request.PriceFen, 0, _clock.Boot, 0, 0, false) { Basket = request.Basket },
            _options.ApprovalSeconds));
    }

    /// <summary>
    /// Goods were delivered and paid. Recorded whatever else is wrong, with marks; the same id again names the first
    /// recording.
    /// An order that was wholly free is recorded as a promotion.
    /// </summary>
    public RecordAnswer Delivered(DeliveredReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if ((InputCheck.Id(report.Id, "id") ?? InputCheck.Lines(report.Lines)) is { } problem)
        {
            return new RecordAnswer.Invalid(problem);
        }

        return _store.InCurrent(journal => RecordSale(journal, report));
    }

    /// <summary>
    /// A vend failed, could not start, or nobody knows. The same again is answered with the first recording; a
    /// different outcome is recorded too, until a sale settles it. Only what surely was not delivered gives its reserve
    /// back at once.
    /// </summary>
    public RecordAnswer Outcome(OutcomeReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if ((InputCheck.Id(report.Id, "id") ?? InputCheck.Amount(report.AmountFen, "amountFen")
            ?? InputCheck.Count((long)report.Delivery, "delivery", (long)DeliveryState.ReadyToDeliver,
                (long)DeliveryState.UnderReview)
            ?? InputCheck.Count((long)report.Payment, "payment", (long)PaymentOutcome.NotPaid,
                (long)PaymentOutcome.Owed)) is { } problem)
        {
            return new RecordAnswer.Invalid(problem);
        }

        return _store.InCurrent<RecordAnswer>(journal =>
        {
            var row = Vends(journal).Find(report.Id);
            var slot = report.Slot.Length > 0 ? report.Slot : row?.Slot;
            var sku = report.Sku.Length > 0 ? report.Sku : row?.Sku;
            var body = new OutcomeBody(report.Delivery, report.Payment, report.Id,
                InputCheck.Text(slot, Protocol.Limits.MaxSlotBytes), InputCheck.Text(sku, Protocol.Limits.MaxIdBytes),
                report.AmountFen, InputCheck.Text(report.Detail));
            var before = Recordings.Find(_store, journal, IdKind.Vend, report.Id);
            if (before is { Body: not OutcomeBody })
            {
                return Contradiction(report.Id, before, "id");
            }

            return before is { Body: OutcomeBody same } && IsRepeated(report, same, body)
                ? new RecordAnswer.Recorded(before.Entry, SaleMarks.None, true)
                : Record(journal, body, SaleMarks.None);
        });
    }

    /// <summary>
    /// The same report again. What it does not name was taken from the request, which may be forgotten by now and says
    /// nothing then.
    /// </summary>
    private static bool IsRepeated(OutcomeReport report, OutcomeBody recorded, OutcomeBody now) => recorded with
    {
        Detail = now.Detail,
        Slot = report.Slot.Length > 0 ? recorded.Slot : now.Slot,
        Sku = report.Sku.Length > 0 ? recorded.Sku : now.Sku,
    } == now;

    /// <summary>Goods left without being sold: test, free, maintenance, promotion.</summary>
    public RecordAnswer NonSale(NonSaleReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if ((InputCheck.Id(report.Id, "id") ?? InputCheck.Lines(report.Lines)
            ?? InputCheck.Count((long)report.Purpose, "purpose", (long)NonSalePurpose.Test,
                (long)NonSalePurpose.Promotion)) is { } problem)
        {
            return new RecordAnswer.Invalid(problem);
        }

        return _store.InCurrent<RecordAnswer>(journal =>
        {
            var body = new NonSaleBody(report.Purpose, report.Id, InputCheck.Text(report.Reason),
                [.. report.Lines.Select(Fit)]);
            var before = Recordings.Find(_store, journal, IdKind.Vend, report.Id);
            return before is not { Body: not OutcomeBody } ? Record(journal, body, SaleMarks.None)
                : Differences.First(before.Body, body) is { } field ? Contradiction(report.Id, before, field)
                : new RecordAnswer.Recorded(before.Entry, SaleMarks.None, true);
        });
    }

    private VendBook Vends(JournalFile journal)
    {
        if (_vends is null || !ReferenceEquals(_bookOf, journal))
        {
            _vends = new VendBook(journal, _clock, _options);
            _bookOf = journal;
            foreach (var id in _vends.Ids.ToList())
            {
                if (Recordings.Find(_store, journal, IdKind.Vend, id) is { } recorded)
                {
                    _vends.Note(id, recorded.Body);
                }
            }
        }

        return _vends;
    }
}
