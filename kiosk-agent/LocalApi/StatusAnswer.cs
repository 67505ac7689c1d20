using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;

namespace KioskFleet.Agent.LocalApi;

/// <summary>A head.</summary>
/// <param name="Seq">Number of the last entry.</param>
/// <param name="Hash">The chain's hash there, 64 hex digits.</param>
internal sealed record HeadAnswer(ulong Seq, string Hash);

/// <summary>A journal's own sums, provisional until committed.</summary>
/// <param name="SalesFen">Paid amounts of all sales, in fen.</param>
/// <param name="RefundsFen">Refunds, in fen, positive.</param>
/// <param name="Sales">Number of sales.</param>
internal sealed record SumsAnswer(long SalesFen, long RefundsFen, long Sales);

/// <summary>The link.</summary>
/// <param name="State">notEnrolled, connecting or connected; stopped when no agent runs.</param>
/// <param name="ConnectedUtc">Since when, by the cabinet's wall clock; null without a link.</param>
/// <param name="LastReceiptUtc">When the last receipt came; null before the first.</param>
/// <param name="LastRefusal">Why the service refused the last message; null when it did not.</param>
/// <param name="LastError">Why the last link ended or a message was put off; null when nothing is wrong.</param>
/// <param name="ClockOffsetMs">Service clock minus the cabinet's, in milliseconds; null before a receipt.</param>
/// <param name="PaceMs">Milliseconds the service asked to wait between batches.</param>
/// <param name="Connects">Links made since the agent started.</param>
/// <param name="WatchdogTrips">Links dropped by the watchdog since then.</param>
/// <param name="NobodyListens">True when the broker says that nobody hears this cabinet and nobody answers.</param>
internal sealed record LinkAnswer(
    string State, DateTimeOffset? ConnectedUtc, DateTimeOffset? LastReceiptUtc, string? LastRefusal,
    string? LastError, long? ClockOffsetMs, uint PaceMs, long Connects, long WatchdogTrips,
    bool NobodyListens = false);

/// <summary>What the cabinet's gate works by.</summary>
/// <param name="Mode">What it does now: observe, warn or restrict.</param>
/// <param name="AppliedConfig">Version of the config that it works by; null when it never heard one or lost it.</param>
/// <param name="WantedConfig">Version that the service named in its last receipt; null before one.</param>
/// <param name="RestrictFromUtc">From when it refuses; null when it does not.</param>
/// <param name="HeadroomFen">Ordinary product that may still be sold, in fen; null when no rule sets a limit.</param>
/// <param name="ThresholdBasisPoints">The least aid share of the present window; null without a config.</param>
/// <param name="WindowFirst">First business day of the present window; null without a config.</param>
/// <param name="WindowLast">Its last business day.</param>
/// <param name="Counting">
/// exact, or why own sales are counted on the safe side: journalNotHere, headNotHeld, entriesLost; null without a
/// config.
/// </param>
/// <param name="ClockProven">False while this boot has not heard the service's clock.</param>
internal sealed record GateAnswer(
    string Mode, string? AppliedConfig, string? WantedConfig, DateTimeOffset? RestrictFromUtc, long? HeadroomFen,
    int? ThresholdBasisPoints, DateOnly? WindowFirst, DateOnly? WindowLast, string? Counting, bool? ClockProven)
{
    /// <summary>True when a config was applied once and can no longer be read; null else.</summary>
    public bool? ConfigLost { get; init; }

    /// <summary>The gate by a view; without one it only observes.</summary>
    public static GateAnswer Of(ShareView? view, string wantedConfig)
    {
        var wanted = wantedConfig.Length == 0 ? null : wantedConfig;
        if (view is null)
        {
            return new GateAnswer("observe", null, wanted, null, null, null, null, null, null, null);
        }

        var present = view.Windows[0];
        return new GateAnswer(Name(view.Mode.ToString()), view.Applied.Version, wanted,
            StatusGatherer.Moment(view.Applied.Config.RestrictFromUtcMs), view.RoomFen, present.ThresholdBasisPoints,
            present.Window.First, present.Window.Last, Name(view.Basis.ToString()), view.IsProven);
    }

    private static string Name(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}

/// <summary>Where an agent stands.</summary>
/// <param name="Cabinet">The cabinet; null before enrolment.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Running">False when the files were read without a running agent.</param>
/// <param name="Journal">The current journal.</param>
/// <param name="Head">Its last entry.</param>
/// <param name="Committed">The last head of which the service said that it is committed.</param>
/// <param name="Backlog">Entries not committed yet.</param>
/// <param name="OldestUnsentUtc">Wall clock of the oldest of them; null when there is none.</param>
/// <param name="Predecessors">Closed journals that are still here.</param>
/// <param name="Sums">The journal's own sums.</param>
/// <param name="Link">The link; null when no agent runs.</param>
/// <param name="OpenVends">Approved vends without an outcome.</param>
/// <param name="Stopped">True when the cabinet was stopped.</param>
/// <param name="Gate">What the gate works by.</param>
internal sealed record StatusAnswer(
    string? Cabinet, string Version, bool Running, string Journal, HeadAnswer Head, HeadAnswer Committed, long Backlog,
    DateTimeOffset? OldestUnsentUtc, IReadOnlyList<string> Predecessors, SumsAnswer Sums, LinkAnswer? Link,
    int OpenVends, bool Stopped, GateAnswer Gate)
{
    /// <summary>The telemetry lane; null when no agent runs.</summary>
    public TelemetryAnswer? Telemetry { get; init; }
}

/// <summary>Gathers where a running agent stands. Reads only; thread-safe.</summary>
internal sealed class StatusGatherer(
    JournalStore store, VendFlow flow, UplinkMonitor monitor, TelemetryParts? telemetry = null)
{
    /// <summary>The agent's version.</summary>
    public static readonly string Version = typeof(StatusGatherer).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Where the agent stands now.</summary>
    public StatusAnswer Gather()
    {
        var file = store.Current;
        var facts = file.Facts;
        var link = monitor.Status;
        return new StatusAnswer(link.Cabinet.Length == 0 ? null : link.Cabinet, Version, Running: true,
            facts.Journal.ToString(), Of(facts.Tail), Of(facts.Committed), file.Backlog,
            Moment(file.OldestUnsentWallUtcMs), [.. store.Closed.Select(closed => closed.Id.ToString())],
            new SumsAnswer(file.Sums.SalesFen, file.Sums.RefundsFen, file.Sums.Sales), Of(link), flow.OpenVends,
            flow.IsStopped, Gate(link))
        {
            Telemetry = telemetry is null ? null : TelemetryAnswer.Of(telemetry.Status),
        };
    }

    private GateAnswer Gate(UplinkStatus link)
    {
        var gate = GateAnswer.Of(flow.Share(), link.WantedConfigVersion);
        return flow.LostRule is null ? gate : gate with
        {
            Mode = Name((flow.WaitsForRule ? Protocol.Configs.GateMode.Restrict : Protocol.Configs.GateMode.Observe)
                .ToString()),
            ConfigLost = true,
        };
    }

    /// <summary>A head.</summary>
    public static HeadAnswer Of(Protocol.Identity.Head head) => new(head.Seq, head.Hash.ToString());

    /// <summary>A moment by the wall clock; null for 0 and for clocks outside the calendar.</summary>
    public static DateTimeOffset? Moment(long wallUtcMs) =>
        wallUtcMs == 0 || Math.Abs(wallUtcMs) > MaxMomentMs ? null : DateTimeOffset.FromUnixTimeMilliseconds(wallUtcMs);

    private const long MaxMomentMs = 60_000_000_000_000;

    private static LinkAnswer Of(UplinkStatus status) => new(
        Name(status.Link.ToString()), Moment(status.ConnectedWallUtcMs), Moment(status.LastReceiptWallUtcMs),
        status.LastRefusal == Protocol.Receipts.Refusal.None ? null : Name(status.LastRefusal.ToString()),
        status.LastError.Length == 0 ? null : status.LastError, status.ClockOffsetMs, status.PaceMs, status.Connects,
        status.WatchdogTrips, status.NobodyListens);

    private static string Name(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
