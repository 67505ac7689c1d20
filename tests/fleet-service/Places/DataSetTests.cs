using System.Text;
using System.Text.Json.Nodes;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Places;

[RunsOnce]
public sealed class DataSetTests
{
    private static readonly PlacesDataSet Chuzhou = DataSetFile.Load("chuzhou-2020");

    [Fact]
    public void Two_data_sets_are_shipped_and_the_default_is_one_of_them()
    {
        Assert.Contains(new PlacesOptions().DataSet, ShippedDataSets.All);
        Assert.True(ShippedDataSets.All.Count >= 2);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void Every_shipped_data_set_is_named_as_its_file_and_can_be_used(string name)
    {
        var places = DataSetFile.Load(name);
        Assert.Equal(name, places.DataSet);
        Assert.Equal(places.City.CabinetTotal, places.Counties.Sum(c => c.CabinetQuota));
        Assert.Equal(places.WeeklyReport.Weekday, places.WeeklyReport.First.DayOfWeek);
        Assert.All(places.Policies, p => Assert.Contains(places.VenueKinds, v => v.Id == p.VenueKind));

        // A minimum that the plan sets is judged by a policy with the same beginning; other kinds have none.
        Assert.All(places.VenueKinds, v => Assert.Equal(
            v.MinimumAidShareBasisPoints,
            places.Policies.SingleOrDefault(p => p.VenueKind == v.Id)?.Threshold.BasisPoints));
        Assert.All(places.VenueKinds, v => Assert.Equal(v.YearlyPlanBy is null, v.CountsAsCitySales));
    }

    [Fact]
    public void The_invented_city_shares_no_place_no_date_and_no_word_for_its_products_with_the_real_one()
    {
        var invented = DataSetFile.Load("linjiang-2027");
        Assert.Empty(invented.Counties.Select(c => c.Code).Intersect(Chuzhou.Counties.Select(c => c.Code)));
        Assert.NotEqual(Chuzhou.Terms.AidProduct, invented.Terms.AidProduct);
        Assert.NotEqual(Chuzhou.CityTarget, invented.CityTarget);
        Assert.Equal(["month", "quarter", "week"],
            invented.Policies.Select(p => p.Window).Order(StringComparer.Ordinal));
        Assert.Contains("does not exist", invented.Source.En, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_data_set_holds_the_plan()
    {
        Assert.Equal(8, Chuzhou.Counties.Length);
        Assert.Equal(2_700, Chuzhou.Counties.Sum(c => c.CabinetQuota));
        Assert.Equal(
            ["341122", "341124", "341125", "341126", "341182"],
            Chuzhou.Counties.Where(c => c.AntiPovertyTaskCounty).Select(c => c.Code.Value).Order());
        Assert.Equal(482, Chuzhou.CountyOf("341181")!.CabinetQuota);
        Assert.Null(Chuzhou.CountyOf("110101"));
        Assert.Equal(9, Chuzhou.SiteKinds.Kinds.Length);
        Assert.Equal(50_000_000_000, Chuzhou.CityTarget.AidSalesFen);
        Assert.Equal(DayOfWeek.Tuesday, Chuzhou.WeeklyReport.First.DayOfWeek);
        Assert.Equal(DayOfWeek.Tuesday, Chuzhou.WeeklyReport.Weekday);
        Assert.Equal(
            ["341102", "341103"],
            Chuzhou.ProductTargets.Where(t => t.RecognisedProducts is null).Select(t => t.County.Value).Order());
        Assert.Equal([8, 12, 3], Chuzhou.ChannelGroups.Select(g => g.Channels.Length));
        Assert.Equal([("cabinet", 5_000), ("local-hall", 3_000), ("enterprise-hall", 3_000)],
            Chuzhou.Policies.Select(p => (p.VenueKind, p.Threshold.BasisPoints)));
        var policy = Chuzhou.Policies[0];
        Assert.Equal((5_000, "month", PolicyMode.Warn, Judged.Cabinet),
            (policy.Threshold.BasisPoints, policy.Window, policy.Enforcement.Mode, policy.Judged));
        Assert.Equal(
            [("cabinet", 5_000), ("local-hall", 3_000), ("enterprise-hall", 3_000), ("zone", null),
                ("platform-832", null)],
            Chuzhou.VenueKinds.Select(v => (v.Id, v.MinimumAidShareBasisPoints)));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void Every_finding_is_reported_at_once_with_its_place(string name)
    {
        var json = Shipped(name);
        json["counties"]![0]!["cabinetQuota"] = -1;
        json["city"]!.AsObject().Remove("zh");
        json["policies"]![0]!["enforcement"]!["mode"] = "punish";
        json["policies"]![0]!["window"] = "trailing-0";
        json["policies"]![0]!["treshold"] = 5000;
        json["milestones"]![0]!["by"] = "2020-02-30";
        json["venueKinds"]![1]!["duties"]![0]!["requiredIn"]![0] = "110101";
        var findings = Read(json).Findings.ToDictionary(f => f.Path);
        Assert.Equal(
            [
                "$.city.cabinetTotal", "$.city.zh", "$.counties[0].cabinetQuota", "$.milestones[0].by",
                "$.policies[0].enforcement.mode", "$.policies[0].treshold", "$.policies[0].window",
                "$.venueKinds[1].duties[0].requiredIn",
            ],
            findings.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("'-1'", findings["$.counties[0].cabinetQuota"].Got);
        Assert.Equal("one of observe, warn, restrict", findings["$.policies[0].enforcement.mode"].Takes.En);
        Assert.Null(Read(json).DataSet);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void A_misspelt_county_code_is_one_finding_and_not_one_for_each_mention(string name)
    {
        var json = Shipped(name);
        json["counties"]![3]!["code"] = "34112";
        var finding = Assert.Single(Read(json).Findings);
        Assert.Equal(("$.counties[3].code", "'34112'"), (finding.Path, finding.Got));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"dataSet\": 1,")]
    [InlineData("{\"dataSet\": \"a\", \"dataSet\": \"b\"}")]
    [InlineData("{\"dataSet\": \"\\ud800\"}")]
    [InlineData("{\"\\udc00\": 1}")]
    public void Text_that_is_no_data_set_is_a_finding_and_no_crash(string text) =>
        Assert.NotEmpty(DataSetReader.Read(Encoding.UTF8.GetBytes(text)).Findings);

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void A_member_of_the_wrong_kind_anywhere_is_a_finding_and_no_crash(string name)
    {
        foreach (var path in Paths(Shipped(name)).ToList())
        {
            foreach (var wrong in new JsonNode?[] { null, new JsonArray(), new JsonObject(), JsonValue.Create(-7) })
            {
                var json = Shipped(name);
                var (parent, key) = path;
                var holder = parent.Aggregate((JsonNode)json,
                    (node, step) => step is int i ? node[i]! : node[(string)step]!);
                if (key is int index)
                {
                    holder[index] = wrong?.DeepClone();
                }
                else
                {
                    holder[(string)key] = wrong?.DeepClone();
                }

                // Nullable members may be null; nothing may throw.
                var reading = Read(json);
                Assert.True(reading.DataSet is null == reading.Findings.Count > 0);
            }
        }
    }

    [Fact]
    public void An_unknown_data_set_names_the_setting_and_the_shipped_ones()
    {
        var error = Assert.Throws<DataSetException>(() => DataSetFile.Load("nowhere-1999"));
        Assert.Contains("Places:DataSet", error.Message, StringComparison.Ordinal);
        Assert.Contains("chuzhou-2020", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_counted_is_found_before_anything_is_counted()
    {
        var json = Shipped();
        json["venueKinds"]![0]!["id"] = "vending";
        json["venueKinds"]![1]!["yearlyPlanBy"] = "2020-12-01";
        json["venueKinds"]![2]!["duties"]![0]!["unclearIn"]![0] = "341125";
        json["milestones"]![0]!["measure"] = "installed";
        json["milestones"]![4]!["measure"] = null;
        json["channelGroups"]![1]!["channels"]![0]!["id"] = "universities";
        json["channelGroups"]![2]!["channels"]![0]!["id"] = "zone";
        json["cityTarget"]!["origin"] = "anywhere";
        Assert.Equal(
            [
                "$.channelGroups[1].channels[0].id", "$.channelGroups[2].channels[0].id", "$.cityTarget.origin",
                "$.milestones[0].measure", "$.milestones[4].measure", "$.policies[0].venueKind", "$.venueKinds",
                "$.venueKinds[1].countsAsCitySales", "$.venueKinds[2].duties[0].unclearIn",
            ],
            Read(json).Findings.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    private static JsonNode Shipped(string name = "chuzhou-2020") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(DataSetFile.ShippedFolder, name + ".json")))!;

    private static DataSetReader.Reading Read(JsonNode json) =>
        DataSetReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static IEnumerable<(List<object> Parent, object Key)> Paths(JsonNode node, List<object>? at = null)
    {
        at ??= [];
        var children = node switch
        {
            JsonObject o => o.Select(p => ((object)p.Key, p.Value)),
            JsonArray a => a.Select((v, i) => ((object)i, v)),
            _ => [],
        };
        foreach (var (key, value) in children)
        {
            yield return (at, key);
            if (value is not null)
            {
                foreach (var deeper in Paths(value, [.. at, key]))
                {
                    yield return deeper;
                }
            }
        }
    }
}
