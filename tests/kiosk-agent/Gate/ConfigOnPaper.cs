using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Agent.Tests.Gate;

/// <summary>
/// Configs as a service would plan them: 50 %, by day unless told otherwise, 10 yuan of allowance. <c>tea</c> is aid,
/// <c>cola</c> ordinary, <c>milk</c> ordinary and exempt, <c>bad</c> aid and blocked, everything else unmapped.
/// </summary>
internal static class ConfigOnPaper
{
    public static readonly CabinetId Cabinet = CabinetId.Parse("CZ-0001");

    public static GatePolicy Policy { get; } = new(
        "share", 1, "day", 480, [new GateThreshold(new DateOnly(2020, 1, 1), 5_000)], 1_000, 0, 0);

    public static IReadOnlyList<SkuClass> Skus { get; } =
    [
        Sku("bad", GateClass.Aid, true), Sku("cola", GateClass.Ordinary), Sku("milk", GateClass.Ordinary),
        Sku("tea", GateClass.Aid),
    ];

    /// <summary>Restricts at once, with the figures of the present window at the journal's tail.</summary>
    public static CabinetConfig Restrict(
        TestCabinet cabinet, long aidFen = 0, long totalFen = 0, long turnoverFen = 0, string window = "day") =>
        new(Cabinet, CabinetKind.Slot, GateMode.Restrict, 1, 0, Policy with { Window = window },
            Figures(cabinet, aidFen, totalFen, turnoverFen, window), Skus, [new ExemptSku("milk", 0)]);

    public static GateFigures Figures(
        TestCabinet cabinet, long aidFen, long totalFen, long turnoverFen, string window)
    {
        var day = Policy.DayOf(cabinet.Clock.WallUtcMs);
        var present = BusinessWindow.Of(window, day);
        return new GateFigures(cabinet.Journal.Id, cabinet.Journal.Facts.Tail, cabinet.Clock.WallUtcMs, 0, present,
            Policy.AllowanceFen, [new FigureRow(present.First, present.Last, aidFen, totalFen, turnoverFen)]);
    }

    public static SkuClass Sku(string sku, GateClass of, bool blocked = false) =>
        new(sku, [new SkuSpan(0, of, blocked)]);

    /// <summary>Takes a config as the uplink does.</summary>
    public static ConfigDesk Take(this ConfigDesk desk, CabinetConfig config)
    {
        Assert.IsType<ConfigOutcome.Applied>(desk.Take(config.Encode().Payload, Cabinet));
        return desk;
    }

    /// <summary>A sale of one line per SKU.</summary>
    public static SaleBody Sale(string id, params (string Sku, long Fen)[] lines) => new(SaleSource.Vend,
        SaleMarks.None, id, new Payment(PaymentMethod.Cash, "", ""),
        [.. lines.Select(line => new SaleLine("A1", line.Sku, line.Sku, 1, line.Fen, line.Fen))]);

    /// <summary>A cabinet whose boot heard the service's clock.</summary>
    public static TestCabinet Observed()
    {
        var cabinet = new TestCabinet();
        cabinet.Observe();
        return cabinet;
    }

    /// <summary>Refunds a line of a sale of the present journal.</summary>
    public static void Refund(this TestCabinet cabinet, string number, ulong seq, byte line, long fen) =>
        cabinet.Refund(number, cabinet.Journal.Id, seq, line, fen);

    /// <summary>Refunds a line of a sale.</summary>
    public static void Refund(
        this TestCabinet cabinet, string number, JournalId journal, ulong seq, byte line, long fen) =>
        cabinet.Journal.Append(new RefundBody(number, journal, seq, line, fen, 0, "", ""));
}
