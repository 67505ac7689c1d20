using System.Security.Cryptography;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Tests.Messages;

/// <summary>One value of everything, with fixed content.</summary>
internal static class Samples
{
    public static readonly CabinetId Cabinet = CabinetId.Parse("CZ-0001");
    public static readonly JournalId Journal = JournalId.Parse("00112233445566778899aabbccddeeff");
    public static readonly BootId Boot = BootId.Parse("ffeeddccbbaa99887766554433221100");
    public static readonly EntryTime Time = new(Boot, 123_456, 1_601_000_000_000);
    public static readonly EntryOrigin Origin = new(JournalId.Parse("0f0e0d0c0b0a09080706050403020100"), 41);

    public static IReadOnlyList<(string Name, EntryBody Body)> Bodies { get; } =
    [
        ("sale", new SaleBody(SaleSource.Vend, SaleMarks.UnknownSku | SaleMarks.Late, "vend-0001",
            new Payment(PaymentMethod.WeChat, "MO20200925001", "4200000712202009250000000001"),
            [
                new SaleLine("A1", "dy-tea", "定远绿茶 250g", 2, 3_500, 6_800, AidClaim.Aid),
                new SaleLine("", "water", "", 1, 200, 0),
            ])),
        ("refund", new RefundBody("refund-1", Journal, 1, 1, 200, 1, "5030000712", "瓶盖破损")),
        ("non-sale", new NonSaleBody(NonSalePurpose.Maintenance, "maint-7", "shelf moved",
            [new NonSaleLine("B2", "fy-oil", "凤阳菜籽油", 3, 5_800)])),
        ("outcome", new OutcomeBody(DeliveryState.Unknown, PaymentOutcome.FailRefundInExecution, "vend-0002", "A2",
            "ma-rice", 1_990, "motor timeout")),
        ("succession", new SuccessionBody(Origin.Journal, new Head(40, Digest.Of([40])), SuccessionReason.Corrupt, 2, 1,
            "row 42 missing from index")),
        ("gap", new GapBody(5, 9, Digest.Of([4]), Digest.Of([9]))),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Entries { get; } =
    [
        .. Bodies.Select((body, i) => ($"entry-{body.Name}", EntryCodec.Encode((ulong)i + 1, Time, body.Body))),
        ("entry-carried", EntryCodec.Encode(7, Time, Bodies[0].Body, EntryMarks.Carried, Origin)),
        ("entry-salvaged", EntryCodec.Encode(
            8, Time, Bodies[0].Body, EntryMarks.Carried | EntryMarks.Salvaged, Origin)),
        ("entry-unknown-kind", EntryCodec.Encode(
            new EntryHeader((EntryKind)99, EntryMarks.None, 1, 9, Time, null), [1, 2, 3])),
        ("entry-unreadable-body", EntryCodec.Encode(
            new EntryHeader(EntryKind.Sale, EntryMarks.None, 1, 10, Time, null), [1, 2, 3])),
    ];

    public static Receipt Receipt { get; } = new(Digest.Of([1]), Journal, ReceiptOutcome.Committed, Refusal.None,
        new Head(10, Digest.Of([10])), 1_601_000_001_000, 250, 500, "cfg-7", "");

    public static Receipt Refused { get; } = Receipt with
    {
        Outcome = ReceiptOutcome.Refused, Refusal = Refusal.Fork, Head = default, Detail = "other hash at 10",
    };

    public static PresenceNote Presence { get; } = new(true, 1_601_000_000_600, 1_601_000_000_500);

    public static CabinetConfig Config { get; } = new(Cabinet, CabinetKind.Slot, GateMode.Restrict, 1_601_568_000_000,
        1_602_000_000_000,
        new GatePolicy("cabinet-share", 3, "month", 480,
            [new GateThreshold(new DateOnly(2020, 9, 1), 5_000), new GateThreshold(new DateOnly(2021, 1, 1), 5_500)],
            10_000, 1_000, 500),
        new GateFigures(Journal, Heads()[4], 1_601_000_000_000, 1_598_889_600_000,
            new BusinessWindow(new DateOnly(2020, 9, 1), new DateOnly(2020, 9, 30)), 12_345,
            [
                new FigureRow(new DateOnly(2020, 8, 1), new DateOnly(2020, 8, 31), 0, 0, 123_450),
                new FigureRow(new DateOnly(2020, 9, 1), new DateOnly(2020, 9, 30), 60_000, -200, 60_100),
            ]),
        [
            new SkuClass("dy-tea", [new SkuSpan(0, GateClass.Aid, false), new SkuSpan(1_601_000_000_000,
                GateClass.Aid, true)]),
            new SkuClass("water", [new SkuSpan(5, GateClass.Ordinary, false)]),
            new SkuClass("水", [new SkuSpan(0, GateClass.Unmapped, false)]),
        ],
        [new ExemptSku("water", 1_603_000_000_000), new ExemptSku("水", 0)]);

    public static Hello Hello(KeyId key) => new(Cabinet, Journal, key, Boot, 123_999, 1_601_000_000_500,
        Heads()[10], Heads()[4], 1, 6, 1_600_000_000_000, new RunningSums(123_456, 789, 42), false, "cfg-6", "0.1.0");

    public static Head[] Heads()
    {
        var chain = new HashChain();
        var heads = new List<Head> { Head.Genesis(Journal) };
        foreach (var (_, bytes) in Entries)
        {
            heads.Add(new Head((ulong)heads.Count, chain.Next(heads[^1].Hash, bytes)));
        }

        return [.. heads];
    }

    public static SignedMessage Batch(KeyId key, MessageSigner signer, Head? gapBase = null, int skip = 0)
    {
        var writer = new BatchWriter();
        foreach (var (_, bytes) in Entries.Skip(skip))
        {
            writer.TryAdd(bytes, Limits.MaxBatchEntries, Limits.MaxBatchBytes);
        }

        return writer.Sign(new BatchHeader(Cabinet, Journal, key, gapBase, Heads()[skip], Heads()[^1],
            [new ClockObservation(Boot, 1_000, 1_600_999_000_000)]), signer);
    }

    public static MessageSigner NewSigner() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static IReadOnlyList<(string Name, byte[] Payload)> Messages()
    {
        using var signer = NewSigner();
        return
        [
            ("hello", Hello(signer.KeyId).Sign(signer).Payload.ToArray()),
            ("batch", Batch(signer.KeyId, signer).Payload.ToArray()),
            ("batch-with-gap", Batch(signer.KeyId, signer, Heads()[2], 4).Payload.ToArray()),
            ("receipt", Receipt.Encode()),
            ("refused", Refused.Encode()),
            ("config", Config.Encode().Payload.ToArray()),
            ("presence", Presence.Encode()),
            ("unknown", [1, 2, 3]),
        ];
    }
}
