using System.Globalization;
using System.Text.Json.Nodes;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Reconciliation;

/// <summary>A payment without a sale with all that is known around it.</summary>
/// <param name="Placed">The payment and its cabinet.</param>
/// <param name="BelongsTo">What it seems to belong to, or null.</param>
internal sealed record TracedPayment(PlacedPayment Placed, BelongsTo? BelongsTo);

/// <summary>What the evidence rests on beside the figures.</summary>
/// <param name="PolicyOf">The policy that says how long to wait, by whom and day.</param>
/// <param name="CatalogueVersion">The catalogue in force.</param>
/// <param name="AddHeads">Adds the heads of a cabinet, or of all cabinets of an operator as a digest.</param>
/// <param name="EntryOf">Where a sale stands in its journal.</param>
/// <param name="LineOf">Where a sale's payment stands on a bill.</param>
/// <param name="BillsOf">The bills of a provider, operator and day.</param>
internal sealed record PaymentGround(
    Func<PolicySubject, DateOnly, Policy?> PolicyOf, long CatalogueVersion, Action<JsonObject, string, string> AddHeads,
    Func<RecordedSale, EntryPlace?> EntryOf, Func<StoredSale, BillPlace?> LineOf,
    Func<PaymentMethod, string, int, IReadOnlyList<long>> BillsOf);

/// <summary>
/// Makes findings of what does not match: one per cabinet (or operator, where no cabinet is known), provider and day,
/// with counts, amounts and a few examples, so that ten thousand missing lines are not ten thousand findings. Evidence
/// names numbers and never a payer. Equal facts give equal findings in whatever order they came. Pure.
/// </summary>
/// <param name="ground">What the evidence rests on beside the figures.</param>
internal sealed class PaymentFindingsRule(PaymentGround ground)
{
    /// <summary>Sales that their bills do not have.</summary>
    /// <param name="sales">The sales, waited for long enough.</param>
    /// <param name="sameOrder">The transaction number under which a bill has the order of a sale, or null.</param>
    public IEnumerable<FindingDraft> RecordedNotPaid(
        IEnumerable<StoredSale> sales, Func<RecordedSale, string?> sameOrder) =>
        BySaleDay(sales).Select(group =>
        {
            var evidence = Begin(group.Key.Method, group.Key.OperatorId, group.Key.Day);
            AddSums(evidence, group);
            var bills = ground.BillsOf(group.Key.Method, group.Key.OperatorId, group.Key.Day);
            evidence["billIds"] = new JsonArray([.. bills.Take(ReconciliationLimits.MaxExamples)
                .Select(id => (JsonNode?)JsonValue.Create(id))]);
            evidence["examples"] = Examples(group, stored =>
            {
                var example = Describe(stored.Sale);
                example["paymentOfAnotherSale"] = stored.Settlement.Cause == MatchCause.PaymentTaken;
                example["paymentOfAnotherOperator"] = stored.Settlement.Cause == MatchCause.OtherOperator;
                example["sameOrderOnBillAs"] = sameOrder(stored.Sale);
                return example;
            });
            return Draft(
                FindingKind.RecordedNotPaid, group.Key, evidence, group.Sum(s => Math.Abs(s.Sale.Amounts.NetFen)));
        });

    /// <summary>Sales that their bills have with another amount.</summary>
    public IEnumerable<FindingDraft> Differing(IEnumerable<StoredSale> sales) =>
        BySaleDay(sales).Select(group =>
        {
            var evidence = Begin(group.Key.Method, group.Key.OperatorId, group.Key.Day);
            AddSums(evidence, group);
            evidence["billFen"] = group.Sum(s => s.Settlement.BillFen);
            evidence["differenceFen"] = group.Sum(s => s.Settlement.BillFen - s.Sale.Amounts.NetFen);
            evidence["causes"] = Counts(group.Select(s => ReconciliationTexts.Word(s.Settlement.Cause.ToString())));
            evidence["examples"] = Examples(group, stored =>
            {
                var example = Describe(stored.Sale);
                example["billFen"] = stored.Settlement.BillFen;
                example["billTransaction"] = stored.Settlement.Transaction;
                Add(example, ground.LineOf(stored));
                example["cause"] = ReconciliationTexts.Word(stored.Settlement.Cause.ToString());
                return example;
            });
            return Draft(FindingKind.PaymentDiffers, group.Key, evidence,
                group.Sum(s => Math.Abs(s.Settlement.BillFen - s.Sale.Amounts.NetFen)));
        });

    /// <summary>Payments of bills that no sale belongs to.</summary>
    /// <param name="payments">The payments, waited for long enough.</param>
    /// <param name="incomplete">
    /// The cabinets of an operator whose data does not reach to the end of a day yet: their sales may still come.
    /// </param>
    public IEnumerable<FindingDraft> PaidNotRecorded(
        IEnumerable<TracedPayment> payments, Func<string, int, IReadOnlyList<string>> incomplete) =>
        payments.GroupBy(p => new GroupKey(p.Placed.CabinetId, p.Placed.Payment.OperatorId, p.Placed.CountyCode,
            p.Placed.Payment.Provider, p.Placed.Payment.BillDay)).Select(group =>
        {
            var evidence = Begin(group.Key.Method, group.Key.OperatorId, group.Key.Day);
            evidence["payments"] = group.Count();
            evidence["amountFen"] = group.Sum(p => p.Placed.Payment.KeptFen);
            evidence["belongTo"] = Counts(group.Select(p => p.BelongsTo is { } known
                ? $"{known.Kind}: {known.Detail}"
                : "nothing recorded"));
            var late = incomplete(group.Key.OperatorId, group.Key.Day);
            evidence["cabinetsWithoutAllData"] = late.Count;
            evidence["cabinetsWithoutAllDataNamed"] = Texts(late.Take(ReconciliationLimits.MaxCabinetsNamed));
            evidence["examples"] = new JsonArray([.. group
                .OrderBy(p => p.Placed.Payment.AtUtcMs)
                .ThenBy(p => p.Placed.Payment.Transaction, StringComparer.Ordinal)
                .Take(ReconciliationLimits.MaxExamples).Select(Describe)]);
            return Draft(
                FindingKind.PaidNotRecorded, group.Key, evidence, group.Sum(p => p.Placed.Payment.KeptFen));
        });

    /// <summary>The open findings that nothing speaks for any more.</summary>
    /// <param name="open">Open findings.</param>
    /// <param name="found">What speaks now.</param>
    /// <param name="first">The first day whose bills were looked for: those of earlier days stay.</param>
    public static IReadOnlyList<OpenFinding> Ended(
        IReadOnlyList<OpenFinding> open, IReadOnlyCollection<FindingDraft> found, DateOnly first)
    {
        var still = found.Select(d => (d.Kind, d.About.CabinetId, d.Subject)).ToHashSet();
        return [.. open.Where(o => !still.Contains((o.Kind, o.CabinetId, o.Subject))
            && (o.Kind != FindingKind.MissingBill || DayOf(o.Subject) >= first))];
    }

    private static DateOnly DayOf(string subject) =>
        DateOnly.ParseExact(subject.Split('/')[1], "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record GroupKey(
        string CabinetId, string OperatorId, string CountyCode, PaymentMethod Method, int Day);

    private static IEnumerable<IGrouping<GroupKey, StoredSale>> BySaleDay(IEnumerable<StoredSale> sales) =>
        sales.GroupBy(s => new GroupKey(s.Sale.Place.CabinetId, s.Sale.Place.OperatorId, s.Sale.Place.CountyCode,
            s.Sale.Payment.Method, s.Sale.Time.BusinessDay));

    /// <summary>Days of a provider with recorded payments and no complete bill, waited for long enough.</summary>
    public IEnumerable<FindingDraft> Missing(IEnumerable<BillDayShown> days) => days.Select(day =>
    {
        var key = new GroupKey(
            "", day.OperatorId, "", BillProviders.Parse(day.Provider)!.Value, BusinessZone.Number(day.Day));
        var evidence = Begin(key.Method, key.OperatorId, key.Day);
        evidence["standing"] = ReconciliationTexts.Word(day.Standing.ToString());
        evidence["files"] = day.Files;
        evidence["lackingMerchants"] = Texts(day.LackingMerchants);
        evidence["sales"] = day.RecordedSales;
        evidence["recordedFen"] = day.RecordedFen;
        return Draft(FindingKind.MissingBill, key, evidence, Math.Abs(day.RecordedFen));
    });

    private FindingDraft Draft(FindingKind kind, GroupKey key, JsonObject evidence, long weightFen)
    {
        var policy = ground.PolicyOf(
            new PolicySubject(key.CabinetId, key.OperatorId, key.CountyCode), BillDays.Of(key.Day));
        evidence["reconciliationDays"] = WaitRule.DaysOf(policy);
        evidence["policy"] = policy is null
            ? null
            : new JsonObject { ["id"] = policy.Id, ["version"] = policy.Version };
        if (kind != FindingKind.MissingBill)
        {
            evidence["catalogueVersion"] = ground.CatalogueVersion;
            ground.AddHeads(evidence, key.CabinetId, key.OperatorId);
        }

        return new FindingDraft(
            kind, new FindingAbout(key.CabinetId, key.OperatorId, key.CountyCode),
            $"{ReconciliationTexts.Word(key.Method.ToString())}/{BillDays.Of(key.Day):yyyy-MM-dd}/{key.OperatorId}",
            evidence.ToJsonString(ReconciliationTexts.Json), Math.Max(1, weightFen));
    }


    private static JsonObject Begin(PaymentMethod method, string operatorId, int day) => new()
    {
        ["provider"] = ReconciliationTexts.Word(method.ToString()),
        ["operator"] = operatorId,
        ["day"] = $"{BillDays.Of(day):yyyy-MM-dd}",
    };

    private static void AddSums(JsonObject evidence, IEnumerable<StoredSale> sales)
    {
        evidence["sales"] = sales.Count();
        evidence["recordedFen"] = sales.Sum(s => s.Sale.Amounts.NetFen);
        evidence["aidFen"] = sales.Sum(s => s.Sale.Amounts.NetAidFen);
    }

    private static JsonArray Examples(IEnumerable<StoredSale> sales, Func<StoredSale, JsonObject> describe) =>
        new([.. sales.OrderBy(s => s.Sale.Time.UtcMs).ThenBy(s => s.Sale.Place.VendId, StringComparer.Ordinal)
            .Take(ReconciliationLimits.MaxExamples).Select(describe)]);

    private JsonObject Describe(RecordedSale sale)
    {
        var entry = ground.EntryOf(sale);
        return new JsonObject
        {
            ["vendId"] = sale.Place.VendId,
            ["journal"] = entry?.Journal,
            ["seq"] = entry?.Seq,
            ["soldUtc"] = Instant(sale.Time.UtcMs),
            ["transactionNumber"] = sale.Payment.TransactionNumber,
            ["merchantOrderNumber"] = sale.Payment.MerchantOrderNumber,
            ["paidFen"] = sale.Amounts.PaidFen,
            ["refundedFen"] = sale.Amounts.RefundedFen,
        };
    }

    private static void Add(JsonObject example, BillPlace? place)
    {
        example["billId"] = place?.BillId;
        example["line"] = place?.Line;
    }

    private static JsonObject Describe(TracedPayment traced)
    {
        var payment = traced.Placed.Payment;
        return new JsonObject
        {
            ["transactionNumber"] = payment.Transaction,
            ["merchantOrderNumber"] = payment.MerchantOrder,
            ["paidUtc"] = Instant(payment.AtUtcMs),
            ["keptFen"] = payment.KeptFen,
            ["terminal"] = payment.Terminal,
            ["billId"] = payment.Place.BillId,
            ["line"] = payment.Place.Line,
            ["belongsTo"] = traced.BelongsTo is not { } known ? null : new JsonObject
            {
                ["kind"] = known.Kind,
                ["detail"] = known.Detail,
                ["cabinet"] = known.CabinetId,
                ["vendId"] = known.VendId,
            },
        };
    }

    private static JsonObject Counts(IEnumerable<string> words) => new(words.CountBy(w => w)
        .OrderBy(c => c.Key, StringComparer.Ordinal)
        .Select(c => KeyValuePair.Create(c.Key, (JsonNode?)JsonValue.Create(c.Value))));

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(t => (JsonNode?)JsonValue.Create(t))]);

    private static string Instant(long utcMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime.ToString("O");
}
