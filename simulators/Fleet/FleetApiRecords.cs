using System.Text.Json;
using System.Text.Json.Nodes;

namespace KioskFleet.Simulators.Fleet;

/// <summary>A county of the service's data set.</summary>
/// <param name="Code">GB/T 2260 code.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="CabinetQuota">Cabinets it must have.</param>
internal sealed record ApiCounty(string Code, string Zh, int CabinetQuota);

/// <summary>The answer to a bulk registration.</summary>
/// <param name="Registered">Ids registered now.</param>
/// <param name="Existing">Ids that were there.</param>
internal sealed record ApiRegistered(IReadOnlyList<string> Registered, IReadOnlyList<string> Existing);

/// <summary>A journal of a cabinet as the ledger knows it.</summary>
/// <param name="Journal">The journal, 32 hexadecimal digits.</param>
/// <param name="HeadSeq">The last committed entry's number.</param>
/// <param name="HeadHash">Its hash, 64 hexadecimal digits.</param>
internal sealed record ApiJournal(string Journal, ulong HeadSeq, string HeadHash);

/// <summary>What a cabinet said of itself last. Amounts in fen.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="HeardUtc">When it was heard.</param>
/// <param name="TailSeq">Its last entry.</param>
/// <param name="Backlog">Entries that were not committed then.</param>
/// <param name="SalesFen">Its own sum of sales.</param>
/// <param name="RefundsFen">Its own sum of refunds.</param>
/// <param name="Sales">Its own number of sales.</param>
/// <param name="Provisional">True: its own word.</param>
internal sealed record ApiHello(
    string Journal, DateTimeOffset HeardUtc, ulong TailSeq, ulong Backlog, long SalesFen, long RefundsFen, long Sales,
    bool Provisional);

/// <summary>A cabinet with its hello.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Hello">What it said last.</param>
internal sealed record ApiCabinetHello(string Cabinet, ApiHello Hello);

/// <summary>A page of hellos.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextAfter">Where the next page begins; null at the end.</param>
internal sealed record ApiHelloPage(IReadOnlyList<ApiCabinetHello> Items, string? NextAfter);

/// <summary>Whether a cabinet is there by its own word.</summary>
/// <param name="State">Online, Offline, Unknown or Silent.</param>
internal sealed record ApiPresence(string State);

/// <summary>A cabinet of the register.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="Connected">Whether the broker link knows it connected.</param>
/// <param name="Presence">Whether it is there by its own word.</param>
internal sealed record ApiCabinet(string CabinetId, bool Connected, ApiPresence Presence);

/// <summary>A page of the register.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Total">Rows of all pages.</param>
internal sealed record ApiCabinets(IReadOnlyList<ApiCabinet> Items, int Total);

/// <summary>A committed sale.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Seq">Its number there.</param>
/// <param name="VendId">The vend or session.</param>
/// <param name="State">How it counts: Counted, or not.</param>
/// <param name="AidFen">Paid for aid products, in fen.</param>
/// <param name="OrdinaryFen">Paid for ordinary products, in fen.</param>
/// <param name="UnmappedFen">Paid for products without a mapping, in fen.</param>
/// <param name="RefundedFen">Given back of it, in fen.</param>
internal sealed record ApiSale(
    string Journal, ulong Seq, string VendId, string State, long AidFen, long OrdinaryFen, long UnmappedFen,
    long RefundedFen)
{
    /// <summary>Paid in all, in fen.</summary>
    public long PaidFen => checked(AidFen + OrdinaryFen + UnmappedFen);
}

/// <summary>A quarantined entry.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Seq">Its number there.</param>
/// <param name="Reason">Why.</param>
internal sealed record ApiQuarantined(string Journal, ulong Seq, string Reason);

/// <summary>A page read backwards in time.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextBefore">Where the next page begins; null at the end.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, long? NextBefore);

/// <summary>The answer to an import of the catalogue.</summary>
/// <param name="RowsRead">Data rows.</param>
/// <param name="RowsRefused">Rows that were not taken.</param>
/// <param name="Refused">Each of them, as the service tells it.</param>
internal sealed record ApiImport(int RowsRead, int RowsRefused, IReadOnlyList<JsonElement> Refused);

/// <summary>A correction of the catalogue.</summary>
/// <param name="CorrectionId">Its number.</param>
internal sealed record ApiCorrection(long CorrectionId);

/// <summary>A one-time token.</summary>
/// <param name="Token">The token.</param>
internal sealed record ApiToken(string Token);

/// <summary>The standing of a cabinet under one operator in a window.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="CountyCode">The county.</param>
/// <param name="CurrentOperator">True for the cabinet's last operator in the window.</param>
/// <param name="Standing">noData, compliant, atRisk or breach.</param>
/// <param name="AidFen">Aid sales, in fen.</param>
/// <param name="TotalFen">All sales, in fen.</param>
internal sealed record ApiStanding(
    string CabinetId, string CountyCode, bool CurrentOperator, string Standing, long AidFen, long TotalFen);

/// <summary>A page of standings.</summary>
/// <param name="Total">Rows in all.</param>
/// <param name="Items">The rows of this page.</param>
internal sealed record ApiStandings(int Total, IReadOnlyList<ApiStanding> Items);

/// <summary>What was sold in a county in a window.</summary>
internal sealed record ApiCountyTotals
{
    /// <summary>GB/T 2260 code.</summary>
    public required string Code { get; init; }

    /// <summary>The Chinese name.</summary>
    public string? Zh { get; init; }

    /// <summary>Cabinets.</summary>
    public int Cabinets { get; init; }

    /// <summary>Aid sales net of refunds by the day of their sale, in fen.</summary>
    public long AidFen { get; init; }

    /// <summary>All sales likewise, in fen.</summary>
    public long TotalFen { get; init; }

    /// <summary>Money report: sales of the days, in fen.</summary>
    public long SalesFen { get; init; }

    /// <summary>Money report: refunds made on the days, in fen.</summary>
    public long RefundsFen { get; init; }

    /// <summary>Cabinets with the standing.</summary>
    public int NoData { get; init; }

    /// <summary>Cabinets with the standing.</summary>
    public int Compliant { get; init; }

    /// <summary>Cabinets with the standing.</summary>
    public int AtRisk { get; init; }

    /// <summary>Cabinets with the standing.</summary>
    public int Breach { get; init; }
}

/// <summary>The totals of all counties.</summary>
/// <param name="Counties">The counties.</param>
internal sealed record ApiTotals(IReadOnlyList<ApiCountyTotals> Counties);

/// <summary>What came of the import of a payment bill.</summary>
/// <param name="RowsRefused">Rows that were not taken.</param>
/// <param name="Complete">True when the absence of a payment in it says something.</param>
internal sealed record ApiBill(int RowsRefused, bool Complete);

/// <summary>A check that failed.</summary>
/// <param name="Source">The check.</param>
/// <param name="Problem">What it said.</param>
internal sealed record ApiCheckFailure(string Source, string Problem);

/// <summary>A run of all checks.</summary>
/// <param name="Failures">Checks that failed.</param>
internal sealed record ApiAssessment(IReadOnlyList<ApiCheckFailure>? Failures);

/// <summary>A policy.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">scheduled, inForce, ended or withdrawn.</param>
/// <param name="Origin">dataSet or made.</param>
/// <param name="Terms">What it says, in the data set's shape.</param>
internal sealed record ApiPolicy(string Id, string State, string Origin, JsonObject Terms);

/// <summary>A cabinet's enforcement.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="Rung">Observing, Warned, Announced or Restricted.</param>
/// <param name="WantedVersion">The config that it is to work by; null before the first.</param>
/// <param name="AppliedVersion">The config that it reported last; null when it never heard one.</param>
internal sealed record ApiEnforcement(string CabinetId, string Rung, string? WantedVersion, string? AppliedVersion);

/// <summary>A page of cabinets' enforcement.</summary>
/// <param name="Items">The rows.</param>
internal sealed record ApiEnforcements(IReadOnlyList<ApiEnforcement> Items);

/// <summary>A finding.</summary>
/// <param name="FindingId">Its number.</param>
/// <param name="Kind">What.</param>
/// <param name="State">Open, Acknowledged, Explained or Closed.</param>
/// <param name="Cabinet">The cabinet; empty when it is about none.</param>
/// <param name="Operator">The operator; empty when it is about none.</param>
/// <param name="Subject">What exactly.</param>
internal sealed record ApiFinding(
    long FindingId, string Kind, string? State, string? Cabinet, string? Operator, string? Subject)
{
    /// <summary>True while it stands.</summary>
    public bool Stands => State != "Closed";
}
