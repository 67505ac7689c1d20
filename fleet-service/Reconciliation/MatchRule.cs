namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Matches counted sales with the payments of bills. A payment belongs to the sales of its own operator that name its
/// transaction number; where one side has none, the merchant's order number ties them. One payment may pay for
/// several sales. Compared is what was kept: paid less given back on the bills, paid less refunded in the ledger, so
/// that partial deliveries and refunds settle by themselves. When the sum does not fit and one sale fits alone, the
/// payment is that sale's and the others have none. Nothing depends on the order of arrival. Pure.
/// </summary>
internal static class MatchRule
{
    /// <summary>Decides a case.</summary>
    public static MatchResult Settle(MatchCase matchCase) => new Matching(matchCase).Settle();

    private sealed class Matching
    {
        private readonly MatchCase _case;
        private readonly SaleSettlement?[] _sales;
        private readonly BillSettlement?[] _payments;

        // Places in the case, in an order of their own content.
        private readonly List<int> _salesInOrder;
        private readonly List<int> _paymentsInOrder;
        private readonly int[] _rank;
        private readonly HashSet<int> _ofOthers = [];
        private readonly List<int>[] _claims;

        public Matching(MatchCase matchCase)
        {
            _case = matchCase;
            _sales = new SaleSettlement?[matchCase.Sales.Count];
            _payments = new BillSettlement?[matchCase.Payments.Count];
            _claims = [.. matchCase.Payments.Select(_ => new List<int>())];
            _salesInOrder = [.. Enumerable.Range(0, matchCase.Sales.Count)
                .OrderBy(s => Sale(s).Time.UtcMs)
                .ThenBy(s => Sale(s).Place.CabinetId, StringComparer.Ordinal)
                .ThenBy(s => Sale(s).Place.VendId, StringComparer.Ordinal)
                .ThenBy(s => Sale(s).Amounts.PaidFen)];
            _rank = new int[matchCase.Sales.Count];
            foreach (var (rank, sale) in _salesInOrder.Index())
            {
                _rank[sale] = rank;
            }

            _paymentsInOrder = [.. Enumerable.Range(0, matchCase.Payments.Count)
                .OrderBy(p => Payment(p).AtUtcMs)
                .ThenBy(p => Payment(p).Transaction, StringComparer.Ordinal)];
        }

        public MatchResult Settle()
        {
            var loose = ClaimByNumber();
            foreach (var order in _paymentsInOrder.Where(p => Payment(p).MerchantOrder.Length > 0)
                .GroupBy(p => (Payment(p).OperatorId, Payment(p).MerchantOrder)).ToList())
            {
                ClaimByOrder([.. order], loose);
            }

            foreach (var payment in _paymentsInOrder)
            {
                if (_claims[payment].Count > 0)
                {
                    SettleOne(payment, [.. _claims[payment].OrderBy(s => _rank[s])]);
                }
            }

            foreach (var sale in _salesInOrder.Where(s => _sales[s] is null))
            {
                Unpaid(sale, _ofOthers.Contains(sale) ? MatchCause.OtherOperator : MatchCause.None);
            }

            foreach (var payment in _paymentsInOrder.Where(p => _payments[p] is null))
            {
                _payments[payment] = new BillSettlement(
                    Payment(payment).KeptFen <= 0 ? BillOutcome.GivenBack : BillOutcome.NoSale, "");
            }

            return new MatchResult([.. _sales.Select(s => s!)], [.. _payments.Select(p => p!)]);
        }

        private RecordedSale Sale(int at) => _case.Sales[at];

        private BillPayment Payment(int at) => _case.Payments[at];

        /// <summary>Gives sales to the payment whose number they name; returns the others.</summary>
        private List<int> ClaimByNumber()
        {
            var byNumber = _paymentsInOrder.ToDictionary(p => Payment(p).Transaction, StringComparer.Ordinal);
            var loose = new List<int>();
            foreach (var sale in _salesInOrder)
            {
                if (!byNumber.TryGetValue(Sale(sale).Payment.TransactionNumber, out var payment))
                {
                    loose.Add(sale);
                }
                else if (Payment(payment).OperatorId == Sale(sale).Place.OperatorId)
                {
                    _claims[payment].Add(sale);
                }
                else
                {
                    // Somebody else's money: nobody reads a number of a payment that was never made to him.
                    _ofOthers.Add(sale);
                }
            }

            return loose;
        }

        /// <summary>Ties the loose sales of an order to its payments.</summary>
        private void ClaimByOrder(List<int> payments, List<int> loose)
        {
            var first = Payment(payments[0]);
            var ofOrder = loose.Where(s => Sale(s).Payment.MerchantOrderNumber == first.MerchantOrder
                && Sale(s).Place.OperatorId == first.OperatorId).ToLookup(s => IsNumberless(s));
            foreach (var numberless in payments.Where(p => !Payment(p).HasNumber))
            {
                _claims[numberless].AddRange(ofOrder[false]);
            }

            var takers = ofOrder[true].ToList();
            if (payments.Count == 1)
            {
                _claims[payments[0]].AddRange(takers);
            }
            else if (takers.Count > 0)
            {
                SettleMany([.. payments.Where(p => _claims[p].Count == 0)], takers);
            }
        }

        private bool IsNumberless(int sale) => Sale(sale).Payment.TransactionNumber.Length == 0;

        private void SettleOne(int payment, List<int> claims)
        {
            var sum = claims.Sum(s => Sale(s).Amounts.NetFen);
            var kept = Payment(payment).KeptFen;
            if (sum == kept)
            {
                Together([payment], claims, SaleOutcome.Matched, MatchCause.None);
                return;
            }

            var alone = claims.Count == 1
                ? []
                : claims.OrderBy(IsNumberless).Where(s => Sale(s).Amounts.NetFen == kept).Take(1).ToList();
            if (alone.Count == 0)
            {
                Together([payment], claims, SaleOutcome.Differs, CauseOf(payment, claims));
                return;
            }

            Together([payment], alone, SaleOutcome.Matched, MatchCause.None);
            foreach (var other in claims.Where(s => s != alone[0]))
            {
                Unpaid(other, MatchCause.PaymentTaken);
            }
        }

        /// <summary>Several payments of one order and sales that name none of them.</summary>
        private void SettleMany(List<int> payments, List<int> sales)
        {
            if (payments.Count == 0)
            {
                return;
            }

            if (payments.Sum(p => Payment(p).KeptFen) == sales.Sum(s => Sale(s).Amounts.NetFen))
            {
                Together(payments, sales, SaleOutcome.Matched, MatchCause.None);
                return;
            }

            foreach (var payment in payments.ToList())
            {
                var fits = sales.Where(s => Sale(s).Amounts.NetFen == Payment(payment).KeptFen).Take(1).ToList();
                if (fits.Count > 0)
                {
                    Together([payment], fits, SaleOutcome.Matched, MatchCause.None);
                    payments.Remove(payment);
                    sales.Remove(fits[0]);
                }
            }

            if (payments.Count > 0 && sales.Count > 0)
            {
                Together(payments, sales, SaleOutcome.Differs, MatchCause.Amount);
            }
        }

        /// <summary>
        /// The same outcome for all of them. The sum of what bills hold for the sales is what their payments kept:
        /// the difference stands at the first sale.
        /// </summary>
        private void Together(List<int> payments, List<int> sales, SaleOutcome outcome, MatchCause cause)
        {
            var day = Math.Max(payments.Max(p => Payment(p).LastDay), sales.Max(s => Sale(s).Time.LastDay));
            var difference = checked(
                payments.Sum(p => Payment(p).KeptFen) - sales.Sum(s => Sale(s).Amounts.NetFen));
            foreach (var sale in sales)
            {
                _sales[sale] = new SaleSettlement(
                    outcome, cause, checked(Sale(sale).Amounts.NetFen + difference), day)
                {
                    Transaction = Payment(payments[0]).Transaction,
                };
                difference = 0;
            }

            foreach (var payment in payments)
            {
                _payments[payment] = new BillSettlement(
                    outcome == SaleOutcome.Matched ? BillOutcome.Matched : BillOutcome.Differs,
                    Sale(sales[0]).Place.CabinetId);
            }
        }

        private void Unpaid(int sale, MatchCause cause) => _sales[sale] = Sale(sale).Amounts.NetFen == 0
            ? new SaleSettlement(SaleOutcome.Matched, MatchCause.NothingKept, 0, Sale(sale).Time.LastDay)
            : new SaleSettlement(SaleOutcome.NoPayment, cause, 0, Sale(sale).Time.BusinessDay);

        private MatchCause CauseOf(int payment, List<int> claims) =>
            claims.Sum(s => Sale(s).Amounts.PaidFen) != Payment(payment).AmountFen
                ? MatchCause.Amount
                : claims.Sum(s => Sale(s).Amounts.RefundedFen) < Payment(payment).RefundedFen
                    ? MatchCause.RefundNotRecorded
                    : MatchCause.RefundNotPaidOut;
    }
}
