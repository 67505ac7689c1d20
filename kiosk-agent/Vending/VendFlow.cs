#pragma warning disable CA1822
using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Vending;

/// <summary>shape</summary>
internal sealed class VendFlow
{
    public VendFlow(JournalStore store, BootClock clock, CabinetPlan? plan, VendingOptions options, SpaceGuard space, ILogger<VendFlow> log) { }
    public VendAnswer RequestVend(VendRequest request) => throw null!;
    public VendAnswer OpenSession(string sessionId) => throw null!;
    public CloseAnswer CloseSession(string sessionId) => throw null!;
    public RecordAnswer Delivered(DeliveredReport report) => throw null!;
    public RecordAnswer Settle(string sessionId, IReadOnlyList<Protocol.Entries.SaleLine> lines, Protocol.Entries.Payment payment) => throw null!;
    public RecordAnswer Owed(OwedReport report) => throw null!;
    public RecordAnswer Adjust(AdjustReport report) => throw null!;
    public RecordAnswer Outcome(OutcomeReport report) => throw null!;
    public RecordAnswer Refund(RefundReport report) => throw null!;
    public RecordAnswer NonSale(NonSaleReport report) => throw null!;
    public IReadOnlyList<SellableSlot> Sellable() => throw null!;
    public CabinetPlan? Plan { get; set; }
    public bool IsStopped { get; set; }
    public int OpenVends => throw null!;
}
