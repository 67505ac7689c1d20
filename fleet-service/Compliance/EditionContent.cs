using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>A policy version that a report was made by.</summary>
internal readonly record struct PolicyNamed(string Id, int Version);

/// <summary>The bytes of an edition.</summary>
/// <param name="Bytes">Canonical JSON: what it is about, how complete the data is, the figures.</param>
/// <param name="Sha256">Of the bytes.</param>
/// <param name="FiguresSha256">Of the figures alone: what a later edition is compared by.</param>
/// <param name="Policies">The policy versions that judged.</param>
internal sealed record EditionContent(
    ReadOnlyMemory<byte> Bytes, string Sha256, string FiguresSha256, IReadOnlyList<PolicyNamed> Policies)
{
    /// <summary>The name of the layout, its first member.</summary>
    public const string Format = "kioskfleet/edition/2";

    /// <summary>
    /// Writes a judged window. Nothing in it depends on when something arrived: cabinets, operators and sites stand
    /// for themselves, and no number of an assignment or of a ledger position is in it. Pure.
    /// </summary>
    /// <param name="report">The judged window.</param>
    /// <param name="dataSet">The data set's name.</param>
    /// <param name="provisional">Whether late data may still change it.</param>
    public static EditionContent Of(EditionReport report, string dataSet, bool provisional)
    {
        var figures = Figures(report);
        var policies = report.Rows.Where(r => r.PolicyId is not null)
            .Select(r => new PolicyNamed(r.PolicyId!, r.PolicyVersion!.Value))
            .Concat(report.Places.Where(p => p.PolicyId is not null)
                .Select(p => new PolicyNamed(p.PolicyId!, p.PolicyVersion!.Value)))
            .Distinct().OrderBy(p => p.Id, StringComparer.Ordinal).ThenBy(p => p.Version).ToList();
        var writer = new CanonicalWriter();
        writer.Object(edition => edition
            .Name("about").Object(about => about
                .Name("catalogueVersion").Number(report.CatalogueVersion)
                .Name("dataSet").Text(dataSet)
                .Name("figures").Text(FigureKind.Together(
                    report.Rows.Select(r => r.Figures).Concat(report.Places.Where(p => p.Cabinets > 0)
                        .Select(p => p.Figures))))
                .Name("format").Text(Format)
                .Name("policies").List(policies, Policy)
                .Name("provisional").Flag(provisional)
                .Name("window").Object(w => Window(w, report.Window)))
            .Name("completeness").Object(c => Completeness(c, report))
            .Name("figures").Canonical(figures));
        var bytes = writer.Written.ToArray();
        return new EditionContent(
            bytes, Digest.Of(bytes).ToString(), Digest.Of(figures).ToString(), policies);
    }

    /// <summary>Writes a window's members.</summary>
    public static void Window(CanonicalWriter writer, ShownWindow window) => writer
        .Name("from").Text(PolicyJson.Day(window.From))
        .Name("name").Text(window.Name)
        .Name("to").Text(PolicyJson.Day(window.To))
        .Name("zoneId").Text(window.ZoneId);

    /// <summary>Writes a policy version.</summary>
    public static void Policy(CanonicalWriter writer, PolicyNamed policy) => writer.Object(p => p
        .Name("id").Text(policy.Id)
        .Name("version").Number(policy.Version));

    /// <summary>Cabinets whose data does not reach the end of the window: what a later edition may still bring.
    /// </summary>
    private static void Completeness(CanonicalWriter writer, EditionReport report)
    {
        var current = report.Rows.Where(r => r.CurrentOperator).ToList();
        writer
            .Name("cabinets").Number(current.Count)
            .Name("incomplete").List(
                current.Where(r => r.DataCompleteUntilUtc < report.EndUtc).Select(r => r.CabinetId),
                (w, id) => w.Text(id))
            .Name("neverHeard").List(
                current.Where(r => r.DataCompleteUntilUtc is null).Select(r => r.CabinetId), (w, id) => w.Text(id));
    }

    private static byte[] Figures(EditionReport report)
    {
        var places = report.Places.ToLookup(p => p.Level);
        var writer = new CanonicalWriter();
        writer.Object(figures => figures
            .Name("cabinets").List(
                report.Rows.OrderBy(r => r.CabinetId, StringComparer.Ordinal)
                    .ThenBy(r => r.OperatorId, StringComparer.Ordinal),
                Cabinet)
            .Name("city").List(places[PlaceLevel.City], Place)
            .Name("counties").List(places[PlaceLevel.County], Place)
            .Name("operators").List(places[PlaceLevel.Operator], Place)
            .Name("operatorsInCounties").List(places[PlaceLevel.OperatorInCounty], Place));
        return writer.Written.ToArray();
    }

    private static void Cabinet(CanonicalWriter writer, StandingRow row) => writer.Object(w => w
        .Name("aidFen").Number(row.AidFen)
        .Name("cabinet").Text(row.CabinetId)
        .Name("county").Text(row.CountyCode)
        .Name("current").Flag(row.CurrentOperator)
        .Name("figures").Text(row.Figures)
        .Name("headroomFen").Number(row.HeadroomFen)
        .Name("judged").Text(row.Judged)
        .Name("judgedAidFen").Number(row.JudgedAidFen)
        .Name("judgedTotalFen").Number(row.JudgedTotalFen)
        .Name("judgedUnmappedFen").Number(row.JudgedUnmappedFen)
        .Name("operator").Text(row.OperatorId)
        .Name("ordinaryFen").Number(row.OrdinaryFen)
        .Name("policy").Text(row.PolicyId)
        .Name("policyVersion").Number(row.PolicyVersion)
        .Name("policyWindow").Text(row.PolicyWindow)
        .Name("shareBasisPoints").Number(row.ShareBasisPoints)
        .Name("shortfallFen").Number(row.ShortfallFen)
        .Name("site").Text(row.SiteName)
        .Name("standing").Text(Word(row.Standing))
        .Name("thresholdBasisPoints").Number(row.ThresholdBasisPoints)
        .Name("totalFen").Number(row.TotalFen)
        .Name("unmappedFen").Number(row.UnmappedFen));

    private static void Place(CanonicalWriter writer, PlaceStanding place) => writer.Object(w => w
        .Name("aidFen").Number(place.AidFen)
        .Name("atRisk").Number(place.Counts.AtRisk)
        .Name("breach").Number(place.Counts.Breach)
        .Name("cabinets").Number(place.Cabinets)
        .Name("compliant").Number(place.Counts.Compliant)
        .Name("figures").Text(place.Figures)
        .Name("headroomFen").Number(place.HeadroomFen)
        .Name("judgedAidFen").Number(place.JudgedAidFen)
        .Name("judgedAsOne").Flag(place.JudgedAsOne)
        .Name("judgedTotalFen").Number(place.JudgedTotalFen)
        .Name("judgedUnmappedFen").Number(place.JudgedUnmappedFen)
        .Name("noData").Number(place.Counts.NoData)
        .Name("operator").Text(place.OperatorId)
        .Name("ordinaryFen").Number(place.OrdinaryFen)
        .Name("place").Text(place.PlaceCode)
        .Name("policy").Text(place.PolicyId)
        .Name("policyVersion").Number(place.PolicyVersion)
        .Name("policyWindow").Text(place.PolicyWindow)
        .Name("shareBasisPoints").Number(place.ShareBasisPoints)
        .Name("shortfallFen").Number(place.ShortfallFen)
        .Name("standing").Text(Word(place.Standing))
        .Name("thresholdBasisPoints").Number(place.ThresholdBasisPoints)
        .Name("totalFen").Number(place.TotalFen)
        .Name("unmappedFen").Number(place.UnmappedFen));

    private static string Word(Standing standing) => JsonNamingPolicy.CamelCase.ConvertName(standing.ToString());
}

/// <summary>What an edition tells.</summary>
/// <param name="Window">The window.</param>
/// <param name="EndUtc">The moment at which it ends.</param>
/// <param name="CatalogueVersion">The catalogue that classified.</param>
/// <param name="Rows">Cabinets.</param>
/// <param name="Places">Operators, counties, city.</param>
internal sealed record EditionReport(
    ShownWindow Window, DateTimeOffset EndUtc, long CatalogueVersion, IReadOnlyList<StandingRow> Rows,
    IReadOnlyList<PlaceStanding> Places);
