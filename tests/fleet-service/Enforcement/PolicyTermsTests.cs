using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class PolicyTermsTests
{
    private static readonly DateOnly Today = new(2020, 9, 15);

    private readonly PlacesDataSet _places;

    protected PolicyTermsTests(string dataSet) => _places = DataSetFile.Load(dataSet);

    private Policy Shipped => _places.Policies.Single(policy => policy.VenueKind == PolicyBook.CabinetVenue);

    /// <summary>Without the steps that the data set may have.</summary>
    private Policy Level => Shipped with { Threshold = ThresholdSchedule.Of(Shipped.Threshold.BasisPoints) };

    private string County => _places.Counties[0].Code.Value;

    private PolicySubject Subject => new("cab-1", "op-1", County);

    [Fact]
    public void The_gate_gets_the_policy_in_force()
    {
        var terms = Of(Shipped);

        Assert.Equal((Shipped.Id, (uint)Shipped.Version, Shipped.Window, 480),
            (terms.Gate.PolicyId, terms.Gate.PolicyVersion, terms.Gate.Window, terms.Gate.ZoneOffsetMinutes));
        Assert.Equal(
            [
                new GateThreshold(DateOnly.MinValue, Shipped.Threshold.BasisPoints),
                .. Shipped.Threshold.Steps.Select(s => new GateThreshold(s.From, s.BasisPoints)),
            ], terms.Gate.Thresholds);
        Assert.Equal((Shipped.OpeningAllowance.Fen, Shipped.OpeningAllowance.BasisPointsOfPreviousWindow,
            Shipped.WarningMarginBasisPoints), (terms.Gate.AllowanceFen, terms.Gate.AllowanceBasisPoints,
            terms.Gate.WarningMarginBasisPoints));
        Assert.Equal(Shipped.Enforcement.Mode, terms.Enforcement.Mode);
    }

    [Fact]
    public void Steps_and_policies_to_come_are_known_to_the_gate_before_they_come()
    {
        var rising = Shipped with
        {
            Threshold = new ThresholdSchedule(
                4_000, [new(new DateOnly(2020, 9, 1), 5_000), new(new DateOnly(2020, 11, 1), 5_500)]),
        };
        var county = Shipped with
        {
            Id = "county", Scope = new PolicyScope(ScopeKind.County, County), From = new DateOnly(2020, 10, 1),
            To = new DateOnly(2020, 12, 1), Threshold = ThresholdSchedule.Of(6_000),
        };

        Assert.Equal(
            [
                new(DateOnly.MinValue, 5_000), new(new DateOnly(2020, 10, 1), 6_000),
                new(new DateOnly(2020, 12, 1), 5_500),
            ], Of(rising, county).Gate.Thresholds);
    }

    [Fact]
    public void A_policy_to_come_that_judges_by_other_windows_waits_for_a_new_config() => Assert.Single(
        Of(Level, Level with { Scope = new PolicyScope(ScopeKind.Cabinet, "cab-1"), Window = "quarter",
            From = new DateOnly(2020, 10, 1), Threshold = ThresholdSchedule.Of(9_000) }).Gate.Thresholds);

    [Fact]
    public void A_policy_that_ends_without_another_binds_nothing_from_then_on() => Assert.Equal(
        [new(DateOnly.MinValue, Level.Threshold.BasisPoints), new(new DateOnly(2020, 12, 31), 0)],
        Of(Level with { To = new DateOnly(2020, 12, 31) }).Gate.Thresholds);

    [Fact]
    public void Without_a_policy_the_gate_only_observes()
    {
        var terms = Of(Shipped with { From = new DateOnly(2020, 9, 16) });

        Assert.Null(terms.Policy);
        Assert.Equal(PolicyMode.Observe, terms.Enforcement.Mode);
        Assert.Equal(0, terms.Gate.ThresholdOf(terms.Gate.WindowOf(Today)));
    }

    [Theory]
    [InlineData(10_000, 1_000, 4, 0, 1_000)]
    [InlineData(10_000, 0, 4, 2_500, 0)]
    public void Members_of_a_group_open_windows_with_parts_that_add_up_to_no_more_than_the_groups(
        long fen, int part, int members, long memberFen, int memberPart)
    {
        var gate = Of(Shipped with { OpeningAllowance = new OpeningAllowance(fen, part) }).ForMemberOf(members);

        Assert.Equal((memberFen, memberPart), (gate.AllowanceFen, gate.AllowanceBasisPoints));
    }

    private PolicyTerms Of(params Policy[] policies) =>
        PolicyTerms.Of(new PolicyBook(policies), Subject, 480, Today);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPolicyTermsTests() : PolicyTermsTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPolicyTermsTests() : PolicyTermsTests("linjiang-2027");
