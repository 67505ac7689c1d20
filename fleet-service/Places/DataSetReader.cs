using System.Text.Json;

namespace KioskFleet.Service.Places;

/// <summary>Reads a data set from JSON text, reporting everything that is wrong at once. Pure.</summary>
internal static class DataSetReader
{
    /// <summary>Largest cabinet quota, of a county or of the city.</summary>
    private const int MaxCabinets = 1_000_000;

    /// <summary>One, or the findings that stand against it.</summary>
    internal sealed record Reading(PlacesDataSet? DataSet, IReadOnlyList<DataSetFinding> Findings);

    /// <summary>Reads and checks.</summary>
    public static Reading Read(ReadOnlyMemory<byte> json)
    {
        var findings = new List<DataSetFinding>();
        using var document = JsonText.Parse(json, findings);
        if (document is null)
        {
            return new Reading(null, findings);
        }

        var root = new DataNode(document.RootElement, "$", findings);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            root.Note("", $"a {document.RootElement.ValueKind}", DataSetTexts.Of("Object"));
            return new Reading(null, findings);
        }

        var dataSet = DataSet(root);
        root.NoteUnknown();
        DataSetRules.Check(dataSet, findings);
        return new Reading(findings.Count == 0 ? dataSet : null, findings);
    }

    private static PlacesDataSet DataSet(DataNode root) => new(
        root.Text("dataSet"),
        root.Child("source", Bilingual),
        root.Child("zone", n => new BusinessZone(n.Text("id"), (int)n.Number("utcOffsetMinutes", -840, 840))),
        root.Child("terms", n => new Terms(
            n.Child("aidProduct", Bilingual),
            n.Child("ordinaryProduct", Bilingual),
            n.Child("cabinet", Bilingual),
            n.Child("operator", Bilingual),
            n.Child("nationalPlatform", Bilingual))),
        root.Child("city", n => new City(
            n.Code("code"), n.Text("zh"), n.Text("en"), (int)n.Number("cabinetTotal", 0, MaxCabinets), Clause(n))),
        root.Children("counties", 1, n => new County(
            n.Code("code"),
            n.Text("zh"),
            n.Text("en"),
            (int)n.Number("cabinetQuota", 0, MaxCabinets),
            n.Flag("antiPovertyTaskCounty"),
            Clause(n))),
        root.Child("siteKinds", n => new SiteKinds(n.Flag("open"), Clause(n), n.Children("kinds", 1, Kind))),
        root.Children("venueKinds", 1, Venue),
        root.Children("milestones", 0, n => new Milestone(
            n.Text("id"),
            n.Text("zh"),
            n.Text("en"),
            OrNull(n, "by", n.Day),
            OrNull(n, "cabinets", name => (int)n.Number(name, 0, MaxCabinets)),
            OrNull(n, "measure", n.Choice<CabinetMeasure>),
            n.Choice<DutyForce>("force"),
            Clause(n))),
        root.Children("productTargets", 0, n => new ProductTarget(
            n.Code("county"),
            OrNull(n, "recognisedProducts", name => (int)n.Number(name, 0, 1_000_000)),
            n.Day("by"),
            Clause(n))),
        root.Child("cityTarget", n => new CityTarget(
            n.Number("aidSalesFen", 0, long.MaxValue),
            n.Day("by"),
            OrNull(n, "countedFrom", n.Day),
            OrNull(n, "origin", n.Choice<SalesOrigin>),
            Clause(n))),
        root.Child("weeklyReport", n => new WeeklyReport(
            n.Choice<DayOfWeek>("weekday"), n.Day("first"), n.Child("due", Bilingual), Clause(n))),
        root.Children("channelGroups", 0, n => new ChannelGroup(
            n.Text("id"), n.Text("zh"), n.Text("en"), n.Children("channels", 1, Kind), Clause(n))),
        root.Child("recognition", n => new RecognitionTerms(
            n.Choice<CountedListings>("counted"),
            (int)n.Number("sellThroughGraceDays", 0, 3_660),
            (int)n.Number("publicNoticeDays", 0, 366),
            Clause(n))),
        root.Children("policies", 0, PolicyReader.Read));

    private static VenueKind Venue(DataNode node) => new(
        node.Text("id"),
        node.Text("zh"),
        node.Text("en"),
        OrNull(node, "minimumAidShareBasisPoints", name => BasisPoints(node, name)),
        node.Flag("minimumToRise"),
        node.Flag("allAid"),
        node.Flag("countsAsCitySales"),
        OrNull(node, "yearlyPlanBy", node.Day),
        node.Children("duties", 0, n => new VenueDuty(
            n.Choice<Presence>("presence"),
            (int)n.Number("atLeast", 1, MaxCabinets),
            n.Day("by"),
            n.Choice<DutyForce>("force"),
            n.Codes("requiredIn"),
            n.Codes("unclearIn"),
            Clause(n))),
        Clause(node));

    private static Bilingual Bilingual(DataNode node) => new(node.Text("zh"), node.Text("en"));

    private static NamedKind Kind(DataNode node) => new(node.Text("id"), node.Text("zh"), node.Text("en"));

    private static string Clause(DataNode node) => node.Text("clause");

    private static int BasisPoints(DataNode node, string name) => PolicyReader.BasisPoints(node, name);

    private static T? OrNull<T>(DataNode node, string name, Func<string, T> read)
        where T : struct => node.IsNull(name) ? null : read(name);
}
