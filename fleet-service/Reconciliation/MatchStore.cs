using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Keeps what bills say of each recorded sale and of each of their payments, inside somebody's transaction: takes
/// changes, gathers what numbers tie to them, asks the rule and writes what it decides. The sums by day move with it.
/// Belongs to one transaction.
/// </summary>
internal sealed class MatchStore(FleetConnection connection) : IDisposable
{
    private readonly RecordedTable _recorded = new(connection);
    private readonly BillLineTable _lines = new(connection);
    private readonly HashSet<Seed> _touched = [];
    private readonly Dictionary<PaymentMethod, HashSet<string>> _numbers = [];

    /// <summary>
    /// Where to begin gathering: a transaction number, an operator's order number, or one sale without a number.
    /// </summary>
    private readonly record struct Seed(
        PaymentMethod Provider, string Transaction, string OperatorId, string Order, long Position)
    {
        public static Seed OfNumber(PaymentMethod provider, string transaction) =>
            new(provider, transaction, "", "", 0);

        public static Seed OfOrder(PaymentMethod provider, string operatorId, string order) =>
            new(provider, "", operatorId, order, 0);
    }

    /// <summary>
    /// Looks at the sales of a stretch at once, where each question costs a way to a server. From then on only these
    /// are put.
    /// </summary>
    public void LookAt(IReadOnlyCollection<long> positions) => _recorded.LookAt(positions);

    /// <summary>Adds a sale, or changes what is known of it.</summary>
    public void Put(RecordedSale sale)
    {
        var before = _recorded.Find(sale.Place.Position);
        if (before?.Sale == sale)
        {
            return;
        }

        var settlement = before?.Settlement ?? new SaleSettlement(
            BillProviders.HasBills(sale.Payment.Method) ? SaleOutcome.NoPayment : SaleOutcome.NotByBill,
            MatchCause.None, 0, sale.Time.BusinessDay);
        _recorded.Put(new StoredSale(sale, settlement), before);
        Touch(sale);
    }

    /// <summary>Takes a sale back.</summary>
    public void Remove(long position)
    {
        if (_recorded.Find(position) is { } before)
        {
            _recorded.Remove(before);
            Touch(before.Sale);
        }
    }

    /// <summary>Says that a bill has a new line with this number.</summary>
    public void Touch(PaymentMethod provider, string transaction)
    {
        _touched.Add(Seed.OfNumber(provider, transaction));
        Note(provider, transaction);
    }

    /// <summary>
    /// Says that bills have a line no more: what belonged to it by its number or its order is without it now.
    /// </summary>
    public void TouchRemoved(PaymentMethod provider, string transaction, string operatorId, string order)
    {
        Touch(provider, transaction);
        if (order.Length > 0)
        {
            _touched.Add(Seed.OfOrder(provider, operatorId, order));
            foreach (var sale in _recorded.OfOrder(provider, operatorId, order))
            {
                Touch(sale.Sale);
            }
        }
    }

    /// <summary>Decides everything that was touched, each case once.</summary>
    public void Settle()
    {
        foreach (var (provider, numbers) in _numbers)
        {
            _recorded.LookAtNumbers(provider, numbers);
            _lines.LookAt(provider, numbers);
        }

        var done = new HashSet<Seed>();
        foreach (var seed in _touched)
        {
            if (!done.Contains(seed))
            {
                Settle(Gather(seed, done));
            }
        }

        _touched.Clear();
        _numbers.Clear();
        _lines.Forget();
        _recorded.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorded.Dispose();
        _lines.Dispose();
    }

    private void Touch(RecordedSale sale)
    {
        var (method, order, transaction) = sale.Payment;
        if (!BillProviders.HasBills(method))
        {
            return;
        }

        if (transaction.Length == 0)
        {
            _touched.Add(new Seed(method, "", sale.Place.OperatorId, order, sale.Place.Position));
            return;
        }

        Touch(method, transaction);
        if (order.Length > 0)
        {
            Note(method, BillNumbers.WithoutNumber(sale.Place.OperatorId, order));
        }
    }

    /// <summary>A number that will be asked for.</summary>
    private void Note(PaymentMethod provider, string number)
    {
        if (!_numbers.TryGetValue(provider, out var numbers))
        {
            _numbers[provider] = numbers = [];
        }

        numbers.Add(number);
    }

    private void Settle((List<StoredSale> Sales, List<StoredPayment> Payments) found)
    {
        var result = MatchRule.Settle(new MatchCase(
            [.. found.Sales.Select(s => s.Sale)], [.. found.Payments.Select(p => p.Payment)]));
        for (var i = 0; i < found.Sales.Count; i++)
        {
            _recorded.Settle(found.Sales[i], result.Sales[i]);
        }

        for (var i = 0; i < found.Payments.Count; i++)
        {
            _lines.Settle(found.Payments[i], result.Payments[i]);
        }
    }

    /// <summary>All that numbers tie to a seed; the seeds gone through are noted.</summary>
    private (List<StoredSale> Sales, List<StoredPayment> Payments) Gather(Seed from, HashSet<Seed> done)
    {
        var sales = new Dictionary<long, StoredSale>();
        var payments = new List<StoredPayment>();
        var open = new Queue<Seed>([from]);
        while (open.TryDequeue(out var seed))
        {
            if (done.Add(seed))
            {
                var found = seed.Transaction.Length > 0 ? ByNumber(seed, payments, open)
                    : seed.Position > 0 ? Alone(seed, open)
                    : ByOrder(seed, open);
                foreach (var sale in found)
                {
                    sales[sale.Sale.Place.Position] = sale;
                }
            }
        }

        return ([.. sales.Values], payments);
    }

    private List<StoredSale> ByNumber(Seed seed, List<StoredPayment> payments, Queue<Seed> open)
    {
        var sales = _recorded.OfTransaction(seed.Provider, seed.Transaction);
        if (_lines.Find(seed.Provider, seed.Transaction) is { } payment)
        {
            payments.Add(payment);
            if (payment.Payment.MerchantOrder.Length > 0)
            {
                open.Enqueue(Seed.OfOrder(
                    seed.Provider, payment.Payment.OperatorId, payment.Payment.MerchantOrder));
            }
        }

        // A payment without a number may have their order number: it takes them while theirs is on no bill, and lets
        // them go when it comes.
        foreach (var sale in sales.Where(s => s.Sale.Payment.MerchantOrderNumber.Length > 0))
        {
            open.Enqueue(Seed.OfNumber(seed.Provider, BillNumbers.WithoutNumber(
                sale.Sale.Place.OperatorId, sale.Sale.Payment.MerchantOrderNumber)));
        }

        return sales;
    }

    /// <summary>
    /// Most sales without a number are on no bill: then the others of their order say nothing of them.
    /// </summary>
    private List<StoredSale> Alone(Seed seed, Queue<Seed> open)
    {
        if (_recorded.Find(seed.Position) is not { } sale)
        {
            return [];
        }

        if (seed.Order.Length == 0 || _lines.OfOrder(seed.Provider, seed.OperatorId, seed.Order).Count == 0)
        {
            return [sale];
        }

        open.Enqueue(Seed.OfOrder(seed.Provider, seed.OperatorId, seed.Order));
        return [];
    }

    private List<StoredSale> ByOrder(Seed seed, Queue<Seed> open)
    {
        var payments = _lines.OfOrder(seed.Provider, seed.OperatorId, seed.Order);
        foreach (var transaction in payments)
        {
            open.Enqueue(Seed.OfNumber(seed.Provider, transaction));
        }

        var sales = _recorded.OfOrder(seed.Provider, seed.OperatorId, seed.Order);
        if (payments.Exists(t => !BillNumbers.IsNumber(t)))
        {
            foreach (var sale in sales.Where(s => s.Sale.Payment.TransactionNumber.Length > 0))
            {
                open.Enqueue(Seed.OfNumber(seed.Provider, sale.Sale.Payment.TransactionNumber));
            }
        }

        return [.. sales.Where(s => s.Sale.Payment.TransactionNumber.Length == 0)];
    }
}
