using KioskFleet.Service.Reconciliation;
using Xunit;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Which bills are expected and how they stand.</summary>
[RunsOnce]
public sealed class BillDaysTests
{
    private static readonly DateOnly First = new(2020, 9, 1);

    [Fact]
    public void A_bill_is_expected_for_every_day_on_which_an_operator_has_cabinets_and_for_each_provider_it_uses()
    {
        var days = BillDaysRule.Of(
            First, new DateOnly(2020, 10, 1), new DateOnly(2020, 9, 4),
            [
                new OperatorDays("op-a", new DateOnly(2020, 8, 1), DateOnly.MaxValue),
                new OperatorDays("op-b", new DateOnly(2020, 9, 2), new DateOnly(2020, 9, 2)),
                new OperatorDays("op-c", First, DateOnly.MaxValue),
            ],
            (
                [new BillDayState("op-a", "WeChat", 20_200_901, 2, true, true),
                    new BillDayState("op-b", "Alipay", 20_200_902, 1, true, false)],
                [new RecordedDay("op-a", "WeChat", 20_200_902, 3, 700)]
            ));
        Assert.Equal(
            [
                "op-a weChat 1 Complete 2 0", "op-a weChat 2 Missing 0 700", "op-a weChat 3 NotDue 0 0",
                "op-a weChat 4 NotDue 0 0", "op-b alipay 2 Incomplete 1 0",
            ],
            days.Select(d => $"{d.OperatorId} {d.Provider} {d.Day.Day} {d.Standing} {d.Files} {d.RecordedFen}"));
    }
}
