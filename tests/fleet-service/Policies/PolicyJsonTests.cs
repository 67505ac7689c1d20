using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Compliance;
using Xunit;

namespace KioskFleet.Service.Tests.Policies;

/// <summary>Nothing of a policy is lost between its JSON and its record: also not a term that is added later.</summary>
public abstract class PolicyJsonTests(string dataSet)
{
    private static readonly PropertyInfo[] Terms = typeof(CheckTerms).GetProperties(
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private Policy City => _places.Policies[0];

    public static TheoryData<string> TermNames => [.. Terms.Select(t => t.Name)];

    [Fact]
    public void The_data_sets_policies_are_written_as_they_were_read()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(DataSetFile.ShippedFolder, $"{dataSet}.json")))!;
        var written = new JsonArray([.. _places.Policies.Select(PolicyJson.Write)]);
        Assert.True(JsonNode.DeepEquals(json["policies"], written));
    }

    [Theory]
    [MemberData(nameof(TermNames))]
    public void Every_check_term_is_written_and_read_back(string name)
    {
        var term = Terms.Single(t => t.Name == name);
        var written = PolicyJson.Write(City with { Checks = With(term, 299) });
        Assert.Equal("299", written["checks"]![JsonNamingPolicy.CamelCase.ConvertName(name)]!.ToJsonString());
        Assert.Equal(With(term, 299), PolicyJson.Read(written.ToJsonString()).Checks);
    }

    [Theory]
    [MemberData(nameof(TermNames))]
    public void A_stored_policy_without_a_term_has_the_terms_default_and_a_data_set_without_it_is_refused(string name)
    {
        var member = JsonNamingPolicy.CamelCase.ConvertName(name);
        var all = Terms.Aggregate(new CheckTerms(), (checks, term) => With(term, 299, checks));
        var stored = PolicyJson.Write(City with { Checks = all });
        stored["checks"]!.AsObject().Remove(member);
        var term = Terms.Single(t => t.Name == name);
        var read = PolicyJson.Read(stored.ToJsonString()).Checks;
        Assert.Equal(With(term, Convert.ToInt64(term.GetValue(new CheckTerms()), null), all), read);

        using var document = JsonDocument.Parse(stored.ToJsonString());
        var findings = new List<DataSetFinding>();
        PolicyReader.Read(new DataNode(document.RootElement, "$", findings));
        Assert.Equal($"$.checks.{member}", Assert.Single(findings).Path);
    }

    [Fact]
    public void Any_policy_is_read_back_as_it_was_written() => Gen.Int.Sample(seed =>
    {
        var chance = new Chance(seed);
        var from = new DateOnly(2026, 3, 10).AddDays(chance.Below(90));
        var policy = City with
        {
            Id = $"p-{chance.Below(9)}",
            Version = 1 + chance.Below(99),
            VenueKind = $"kind-{chance.Below(9)}",
            Scope = new PolicyScope(chance.Of(Enum.GetValues<ScopeKind>()), $"id-{chance.Below(9)}"),
            Judged = chance.Of(Enum.GetValues<Judged>()),
            Threshold = new ThresholdSchedule(chance.Below(10_001),
                [new ThresholdStep(from.AddDays(1 + chance.Below(20)), chance.Below(10_001))]),
            Window = $"trailing-{1 + chance.Below(9)}",
            From = chance.OneIn(3) ? null : from,
            To = chance.OneIn(3) ? null : from.AddDays(1 + chance.Below(30)),
            MinimumTurnoverFen = chance.Below(1_000),
            WarningMarginBasisPoints = chance.Below(10_001),
            OpeningAllowance = new OpeningAllowance(chance.Below(99), chance.Below(10_001)),
            Enforcement = new EnforcementTerms(chance.Of(Enum.GetValues<PolicyMode>()), chance.Below(367),
                chance.Below(10_001), chance.Below(367)),
            ProvisionalDays = chance.Below(367),
            Clause = $"第{chance.Below(99)}条",
        };
        var read = PolicyJson.Read(PolicyJson.Write(policy).ToJsonString());

        // Lists are compared by what they hold.
        Assert.Equal(policy.Threshold.Steps.AsEnumerable(), read.Threshold.Steps);
        Assert.Equal(policy.Threshold.BasisPoints, read.Threshold.BasisPoints);
        Assert.Equal(policy, read with { Threshold = policy.Threshold });
    });

    private static CheckTerms With(PropertyInfo term, long value, CheckTerms? others = null)
    {
        var checks = (others ?? new CheckTerms()) with { };
        term.SetValue(checks, Convert.ChangeType(value, term.PropertyType, null));
        return checks;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPolicyJsonTests() : PolicyJsonTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPolicyJsonTests() : PolicyJsonTests("linjiang-2027");
