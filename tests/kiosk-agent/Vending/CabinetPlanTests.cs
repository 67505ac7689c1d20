using KioskFleet.Agent.Vending;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

public sealed class CabinetPlanTests
{
    [Fact]
    public void A_plan_with_wrong_values_names_each()
    {
        var json = """
            {"slots": [{"slot": "A1", "sku": "S1", "priceFen": -1, "capacity": 5, "stock": 6},
                       {"slot": "A1", "sku": "", "priceFen": 1, "capacity": 5, "stock": 1}]}
            """;
        Assert.Null(CabinetPlan.Parse(System.Text.Encoding.UTF8.GetBytes(json), out var problems));
        Assert.Equal(4, problems.Count);
        Assert.Null(CabinetPlan.Parse("[]"u8.ToArray(), out problems));
        Assert.Single(problems);
    }
}
