using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;
using Xunit;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>From when on absence counts, by policy.</summary>
public abstract class WaitRuleTests(string dataSet)
{
    private const int Day = 20_200_901;

    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private PolicySubject Cabinet => new("cab-1", "op-a", _places.Counties[0].Code.Value);

    private Policy City => _places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void The_most_specific_policy_says_how_long_to_wait(int more, bool isOver)
    {
        var days = City.Checks.ReconciliationDays + 1;
        var longer = City with
        {
            Id = "longer",
            Scope = new PolicyScope(ScopeKind.Operator, "op-a"),
            Checks = City.Checks with { ReconciliationDays = days },
        };
        var wait = Rule(days + more, [City, longer], new BillDayState("op-a", "WeChat", Day, 1, true, true));
        Assert.Equal(isOver, wait.IsUnrecorded(Cabinet, Day));
        Assert.Equal(isOver, wait.IsUnpaid(Cabinet, PaymentMethod.WeChat, Day, 0));
        Assert.Equal(isOver, wait.Differs(Cabinet, PaymentMethod.WeChat, Day));
        Assert.True(wait.IsUnrecorded(new PolicySubject("", "op-b", ""), Day));
    }

    [Fact]
    public void Where_no_policy_is_for_anybody_the_records_own_days_hold()
    {
        Assert.False(Rule(3, []).IsUnrecorded(Cabinet, Day));
        Assert.True(Rule(4, []).IsUnrecorded(Cabinet, Day));
    }

    [Theory]
    [InlineData(true, false, true, false)]
    [InlineData(false, true, false, false)]
    [InlineData(true, true, true, true)]
    public void Payments_and_refunds_each_need_a_complete_bill_that_lists_them(
        bool hasPayments, bool hasRefunds, bool isUnpaid, bool differs)
    {
        var wait = Rule(9, [City], new BillDayState("op-a", "WeChat", Day, 1, hasPayments, hasRefunds));
        Assert.Equal(isUnpaid, wait.IsUnpaid(Cabinet, PaymentMethod.WeChat, Day, 0));
        Assert.Equal(differs, wait.Differs(Cabinet, PaymentMethod.WeChat, Day));
        Assert.False(wait.IsUnpaid(Cabinet, PaymentMethod.Alipay, Day, 0));
        Assert.False(wait.IsUnpaid(Cabinet with { OperatorId = "op-b" }, PaymentMethod.WeChat, Day, 0));
    }

    private static WaitRule Rule(int daysLater, Policy[] policies, params BillDayState[] bills) => new(
        new PolicyBook(policies), new BillCalendar(bills), new DateOnly(2020, 9, 1).AddDays(daysLater));
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouWaitRuleTests() : WaitRuleTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangWaitRuleTests() : WaitRuleTests("linjiang-2027");
