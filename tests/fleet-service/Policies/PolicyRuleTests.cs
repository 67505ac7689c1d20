using CsCheck;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Compliance;
using Xunit;

namespace KioskFleet.Service.Tests.Policies;

/// <summary>In each shipped city.</summary>
public abstract class PolicyRuleTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    private readonly PlacesDataSet _places;
    private readonly PolicyScope[] _scopes;
    private readonly PolicySubject[] _subjects;

    protected PolicyRuleTests(string dataSet)
    {
        _places = DataSetFile.Load(dataSet);
        var (county, other) = (_places.Counties[0].Code.Value, _places.Counties[1].Code.Value);
        _scopes =
        [
            City.Scope, new(ScopeKind.County, county), new(ScopeKind.Operator, "op-a"), new(ScopeKind.Cabinet, "cab-1"),
        ];
        _subjects =
            [new("cab-1", "op-a", county), new("cab-2", "op-a", other), new("cab-3", "op-b", county), new("", "", "")];
    }

    private Policy City => _places.Policies[0];

    [Fact]
    public void Whatever_is_decided_nothing_changes_for_any_day_before() => Gen.Int.Sample(seed =>
    {
        var chance = new Chance(seed);
        var (book, today) = (new PolicyBook(_places.Policies), Today);
        for (var i = 0; i < 12; i++)
        {
            today = today.AddDays(chance.Below(12));
            var next = Decide(book, today, chance);
            for (var day = Today.AddDays(-40); day < today; day = day.AddDays(1))
            {
                Assert.All(_subjects, s => Assert.Equal(
                    Judgement(book.ForCabinet(s, day), day), Judgement(next.ForCabinet(s, day), day)));
            }

            AssertNoOverlap(next);
            book = next;
        }
    }, iter: 300);

    [Theory]
    [InlineData(-1, "$.from")]
    [InlineData(0, null)]
    [InlineData(1, null)]
    public void A_policy_begins_today_or_later(int days, string? finding)
    {
        var outcome = PolicyRule.Make(Book(), ForCounty(Today.AddDays(days)), null, Today);
        Assert.Equal(finding, (outcome as PolicyOutcome.Invalid)?.Findings.Single().Path);
        Assert.Equal(finding is null, outcome is PolicyOutcome.Made);
    }

    [Fact]
    public void A_threshold_step_is_today_or_later_too()
    {
        var wanted = ForCounty(Today) with
        {
            Threshold = new ThresholdSchedule(4_000, [new ThresholdStep(Today.AddDays(-1), 4_500)]),
        };
        var invalid = Assert.IsType<PolicyOutcome.Invalid>(PolicyRule.Make(Book(), wanted, null, Today));
        Assert.Equal("$.thresholdSteps[0].from", Assert.Single(invalid.Findings).Path);
    }

    [Fact]
    public void An_overlap_is_refused_until_the_other_ends_or_is_replaced()
    {
        var there = ForCounty(Today) with { Version = 1 };
        var book = Book(there);
        var wanted = ForCounty(Today.AddDays(30)) with { Id = "stricter" };
        var overlap = Assert.IsType<PolicyOutcome.Overlaps>(PolicyRule.Make(book, wanted, null, Today));
        Assert.Same(there, overlap.Other);

        var replaced = Assert.IsType<PolicyOutcome.Made>(PolicyRule.Make(book, wanted, "county-rule", Today));
        Assert.Equal((1, new PolicyEnd(there, Today.AddDays(30))), (replaced.Policy.Version, replaced.Ends.Single()));

        var ended = Book(there with { To = Today.AddDays(30) });
        Assert.IsType<PolicyOutcome.Made>(PolicyRule.Make(ended, wanted, null, Today));
    }

    [Fact]
    public void A_new_version_of_a_policy_is_counted_by_the_service()
    {
        var there = ForCounty(Today.AddDays(-9)) with { Version = 4 };
        var made = Assert.IsType<PolicyOutcome.Made>(
            PolicyRule.Make(Book(there), ForCounty(Today), "county-rule", Today));
        Assert.Equal(5, made.Policy.Version);
        var taken = ForCounty(Today) with { Scope = _scopes[2] };
        var invalid = Assert.IsType<PolicyOutcome.Invalid>(PolicyRule.Make(Book(there), taken, null, Today));
        Assert.Equal("$.id", Assert.Single(invalid.Findings).Path);
    }

    [Fact]
    public void What_is_replaced_must_be_in_the_way()
    {
        var invalid = Assert.IsType<PolicyOutcome.Invalid>(
            PolicyRule.Make(Book(), ForCounty(Today), City.Id, Today));
        Assert.Equal("$.replaces", Assert.Single(invalid.Findings).Path);
    }

    [Fact]
    public void An_end_is_today_or_later_and_takes_back_what_has_not_begun()
    {
        var (running, scheduled) = (ForCounty(Today.AddDays(-9)) with { Version = 1, To = Today.AddDays(5) },
            ForCounty(Today.AddDays(5)) with { Version = 2 });
        var book = Book(running, scheduled);
        Assert.IsType<PolicyOutcome.Invalid>(PolicyRule.End(book, "county-rule", Today.AddDays(-1), Today));
        Assert.IsType<PolicyOutcome.Unknown>(PolicyRule.End(book, "nobody", Today, Today));
        var ended = Assert.IsType<PolicyOutcome.Ended>(PolicyRule.End(book, "county-rule", Today, Today));
        Assert.Equal([new PolicyEnd(running, Today), new PolicyEnd(scheduled, Today.AddDays(5))], ended.Ends);
        Assert.Equal(PolicyState.Withdrawn, PolicyStates.On(scheduled with { To = Today.AddDays(5) }, Today));
    }

    [Fact]
    public void What_is_over_cannot_be_ended_and_says_in_which_state_it_is()
    {
        var over = ForCounty(Today.AddDays(-9)) with { Version = 1, To = Today.AddDays(-1) };
        var illegal = Assert.IsType<PolicyOutcome.IllegalState>(
            PolicyRule.End(Book(over), "county-rule", Today, Today));
        Assert.Equal(PolicyState.Ended, illegal.State);
        Assert.Empty(illegal.Allowed);
    }

    [Fact]
    public void Only_a_county_or_less_can_be_restricted()
    {
        var restrict = City.Enforcement with { Mode = PolicyMode.Restrict };
        Assert.NotNull(PolicyRule.RestrictScope(City with { Enforcement = restrict }));
        Assert.Null(PolicyRule.RestrictScope(City));
        Assert.All(_scopes[1..], scope => Assert.Null(
            PolicyRule.RestrictScope(City with { Enforcement = restrict, Scope = scope })));
    }

    private PolicyBook Book(params Policy[] more) => new([.. more, .. _places.Policies]);

    private Policy ForCounty(DateOnly from) =>
        City with { Id = "county-rule", Scope = _scopes[1], From = from, Version = 1 };

    private static (string?, int?, int?) Judgement(Policy? policy, DateOnly day) =>
        (policy?.Id, policy?.Version, policy?.ThresholdOn(day));

    private PolicyBook Decide(PolicyBook book, DateOnly today, Chance chance)
    {
        if (chance.OneIn(3))
        {
            var id = chance.Of(book.All.Select(p => p.Id).Distinct().ToList());
            return PolicyRule.End(book, id, today.AddDays(chance.Below(9) - 2), today) is PolicyOutcome.Ended ended
                ? With(book, null, ended.Ends)
                : book;
        }

        var wanted = Random(chance, today.AddDays(chance.Below(9) - 2));
        var replaces = chance.OneIn(2) ? chance.Of(book.All).Id : null;
        return PolicyRule.Make(book, wanted, replaces, today) is PolicyOutcome.Made made
            ? With(book, made.Policy, made.Ends)
            : book;
    }

    private static PolicyBook With(PolicyBook book, Policy? added, IReadOnlyList<PolicyEnd> ends)
    {
        var all = book.All.Select(p => ends.FirstOrDefault(e => ReferenceEquals(e.Policy, p)) is { } end
            ? p with { To = end.To }
            : p).ToList();
        return new PolicyBook(added is null ? all : [.. all, added]);
    }

    private Policy Random(Chance chance, DateOnly from)
    {
        var scope = chance.Of(_scopes);
        return City with
        {
            Id = $"of-{scope.Id.ToLowerInvariant()}{(chance.OneIn(2) ? "" : "-b")}",
            Scope = scope,
            Threshold = new ThresholdSchedule(chance.Below(10_001),
                [new ThresholdStep(from.AddDays(1 + chance.Below(20)), chance.Below(10_001))]),
            From = from,
            To = chance.OneIn(3) ? from.AddDays(1 + chance.Below(30)) : null,
            MinimumTurnoverFen = chance.Below(1_000),
        };
    }

    private static void AssertNoOverlap(PolicyBook book)
    {
        foreach (var lane in book.All.Where(p => !(p.To <= p.From)).GroupBy(p => (p.VenueKind, p.Scope)))
        {
            var inOrder = lane.OrderBy(p => p.From ?? DateOnly.MinValue).ToList();
            Assert.All(inOrder.Zip(inOrder.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From));
        }
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPolicyRuleTests() : PolicyRuleTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPolicyRuleTests() : PolicyRuleTests("linjiang-2027");
