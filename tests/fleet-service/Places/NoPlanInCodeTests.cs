using System.Globalization;
using System.Text.RegularExpressions;
using KioskFleet.Service.Places;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Service.Tests.Places;

/// <summary>
/// The plan of a city is data. The words, codes, days and amounts of every shipped data set are searched for in the
/// product's sources: whoever writes one of them into code is named with file and line. Comments may cite a clause.
/// </summary>
[RunsOnce]
public sealed partial class NoPlanInCodeTests
{
    // The simulators play the default city and name its places; they are no part of what a city runs.
    private static readonly string[] Projects = ["protocol", "kiosk-agent", "fleet-service"];

    // The name of the data set that is used when no setting names another one; a member of the data file's own form;
    // the zone of a cabinet's cold store, which is none of a city.
    private static readonly string[] Allowed =
    [
        $"\"{new PlacesOptions().DataSet}\"", "root.Child(\"zone\",", "NameOf(one, \"zone\")",
        "json.WriteString(\"zone\", reading.Zone)", "[\"temperatures\"] = [\"zone\",",
        "(\"kf_temperature\", \"zone\",",
    ];

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void Nothing_of_a_plan_stands_in_code(string name)
    {
        var facts = Facts(DataSetFile.Load(name));
        var files = Sources().ToList();
        var found = files
            .SelectMany(f => File.ReadLines(f).Select((line, i) => (File: f, Line: i + 1, Text: line)))
            .SelectMany(l => facts(l.Text).Select(fact => $"{l.File}:{l.Line}: {fact}"))
            .ToList();
        Assert.True(files.Count > 100);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("if (county == \"341125\")", "341125")]
    [InlineData("var name = \"定远县\";", "定远县")]
    [InlineData("var city = \"chuzhou\";", "Chuzhou")]
    [InlineData("const int ThresholdBasisPoints = 5_000;", "5000")]
    [InlineData("MinimumShareBasisPoints: 3000,", "3000")]
    [InlineData("var by = new DateOnly(2020, 9, 30);", "2020-09-30")]
    [InlineData("Day(\"2020-12-31\")", "2020-12-31")]
    [InlineData("const long Target = 50_000_000_000;", "50000000000")]
    [InlineData("[\"Dingyuan\"] = 415,", "Dingyuan")]
    [InlineData("if (kind == \"local-hall\")", "local-hall")]
    [InlineData("channel is \"live-stream\"", "live-stream")]
    [InlineData("int quotaOfCounty = 415;", "415")]
    public void What_is_looked_for_is_found(string line, string fact) =>
        Assert.Contains(fact, Facts(DataSetFile.Load("chuzhou-2020"))(line));

    [Theory]
    [InlineData("public const int MaxBulk = 5_000;")]
    [InlineData("/// at least 50 % in 定远县 from 2020-09-30, 341125")]
    [InlineData("    public string DataSet { get; init; } = \"chuzhou-2020\";")]
    [InlineData("await Task.Delay(3000);")]
    [InlineData("[LoggerMessage(2700, LogLevel.Warning, \"x\")]")]
    [InlineData("if (kind == \"cabinet\")")]
    public void What_is_no_fact_of_the_plan_is_let_through(string line) =>
        Assert.Empty(Facts(DataSetFile.Load("chuzhou-2020"))(line));

    private static IEnumerable<string> Sources() => Projects
        .SelectMany(p => Directory.EnumerateFiles(SourceTree.At(p), "*.*", SearchOption.AllDirectories))
        .Where(f => Path.GetExtension(f) is ".cs" or ".sql")
        .Where(f => !f.Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any());

    /// <summary>Finds the facts of a data set in a line of code.</summary>
    private static Func<string, IEnumerable<string>> Facts(PlacesDataSet places)
    {
        string[] words =
        [
            places.City.Code.Value, places.City.Zh, places.City.En,
            .. places.Counties.SelectMany(c => new[] { c.Code.Value, c.Zh, c.En }),
            places.Terms.AidProduct.Zh, places.Terms.Cabinet.Zh, places.Terms.NationalPlatform.Zh,
            $"{places.CityTarget.AidSalesFen}", $"{places.CityTarget.AidSalesFen / 100}",
        ];

        // Kinds and channels are words of the data set: code may compare one with another, and know none by name. The
        // one kind that every city has is what the product is about.
        string[] ids =
        [
            .. places.VenueKinds.Select(k => k.Id).Where(id => id != "cabinet"), .. places.Milestones.Select(m => m.Id),
            .. places.ChannelGroups.SelectMany(g => g.Channels.Select(c => c.Id).Append(g.Id)).Where(id =>
                id is not "other"),
        ];
        var days = Days(places).Distinct().ToList();
        int[] shares =
        [
            .. places.VenueKinds.Select(k => k.MinimumAidShareBasisPoints).OfType<int>().Where(s => s < 10_000),
            .. places.Policies.SelectMany(p => p.Threshold.Steps.Select(s => s.BasisPoints)),
        ];
        int[] quotas = [places.City.CabinetTotal, .. places.Counties.Select(c => c.CabinetQuota)];
        return line =>
        {
            var code = Allowed.Aggregate(
                Comment().Replace(line, ""), (text, allowed) => text.Replace(allowed, "", StringComparison.Ordinal));
            var plain = Separator().Replace(code, "$1$2");
            return words.Where(w => plain.Contains(w, StringComparison.OrdinalIgnoreCase))
                .Concat(ids.Where(id => code.Contains($"\"{id}\"", StringComparison.Ordinal)))
                .Concat(days.Where(d => plain.Contains($"{d:yyyy-MM-dd}", StringComparison.Ordinal)
                    || Regex.IsMatch(plain, $@"\(\s*{d.Year},\s*{d.Month},\s*{d.Day}\b")
                    || plain.Contains($"{BusinessZone.Number(d)}", StringComparison.Ordinal))
                    .Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))
                .Concat(Numbers(plain, ShareWord(), shares))
                .Concat(Numbers(plain, QuotaWord(), quotas));
        };
    }

    /// <summary>A bare number is a fact of the plan only beside the word that makes it one.</summary>
    private static IEnumerable<string> Numbers(string line, Regex word, IEnumerable<int> facts) =>
        word.IsMatch(line)
            ? facts.Distinct().Where(n => Regex.IsMatch(line, $@"(?<![\w.]){n}(?![\w.])")).Select(n => $"{n}")
            : [];

    private static IEnumerable<DateOnly> Days(PlacesDataSet places) =>
    [
        places.CityTarget.By, places.WeeklyReport.First,
        .. places.Milestones.Select(m => m.By).OfType<DateOnly>(),
        .. places.ProductTargets.Select(t => t.By),
        .. places.VenueKinds.SelectMany(k => k.Duties.Select(d => d.By)),
        .. places.VenueKinds.Select(k => k.YearlyPlanBy).OfType<DateOnly>(),
        .. places.Policies.SelectMany(p => p.Threshold.Steps.Select(s => s.From)),
    ];

    [GeneratedRegex(@"(?<![:""])//.*$|^\s*--.*$|\s--\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(\d)_(\d)")]
    private static partial Regex Separator();

    [GeneratedRegex("BasisPoints|Threshold|Share", RegexOptions.IgnoreCase)]
    private static partial Regex ShareWord();

    [GeneratedRegex("Quota|CabinetTotal", RegexOptions.IgnoreCase)]
    private static partial Regex QuotaWord();
}
