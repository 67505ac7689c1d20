using System.Net;
using System.Text.Json;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>The rules in words, over HTTP.</summary>
public abstract class RulesInterfaceTests(string dataSet) : IAsyncLifetime
{
    private readonly PaperCity _city = new(dataSet);
    private ServiceRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await ServiceRig.StartAsync(null, ("Places:DataSet", dataSet));
        await _rig.RegisterAsync("cab-1");
        var policies = _rig.Host.Services.GetRequiredService<CurrentPolicies>();
        var city = policies.Book.ForCabinet(new PolicySubject("", "", ""), new DateOnly(2020, 9, 1))!;
        policies.Replace(new PolicyBook([.. policies.Book.All, city with
        {
            Id = "county-rule",
            Version = 4,
            Scope = new PolicyScope(ScopeKind.County, _city.County),
            Checks = city.Checks with { ProductBurstSales = 1_234, LateRefundShareBasisPoints = 1_250 },
        }], policies.Book.Revision + 1));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("", false)]
    [InlineData("?county={other}", false)]
    [InlineData("?county={county}", true)]
    [InlineData("?cabinet=cab-1", true)]
    public async Task Every_rule_is_told_in_both_languages_with_the_thresholds_in_force(string of, bool isOfCounty)
    {
        var query = of.Replace("{other}", _city.Places.Counties[1].Code.Value, StringComparison.Ordinal)
            .Replace("{county}", _city.County, StringComparison.Ordinal);
        var policy = isOfCounty ? "county-rule" : _city.Policy.Id;
        var sales = isOfCounty ? "1,234" : $"{_city.Terms.ProductBurstSales}";
        using var response = await _rig.Anonymous.GetAsync("/api/v1/patterns/rules" + query, Stop);
        var shown = await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
        Assert.Equal(policy, shown.GetProperty("policyId").GetString());
        var rules = shown.GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(
            ["ProductBurst", "BuyerBurst", "RefundedAfterWindow", "AbsurdSale", "PriceOutlier", "NonSaleExcess",
                "AidClaimMismatch", "UncheckablePayments", "SilentCabinet"],
            rules.Select(r => r.GetProperty("kind").GetString()));
        Assert.StartsWith($"Found when {sales} or more aid sales",
            rules[0].GetProperty("words").GetProperty("en").GetString());
        Assert.Contains($"{sales}笔以上", rules[0].GetProperty("words").GetProperty("zh").GetString()!);
        Assert.Equal(isOfCounty ? 1_234 : _city.Terms.ProductBurstSales,
            rules[0].GetProperty("thresholds").GetProperty("productBurstSales").GetInt32());
        Assert.Contains(isOfCounty ? "12.5%" : $"{_city.Terms.LateRefundShareBasisPoints / 100}%",
            rules[2].GetProperty("words").GetProperty("en").GetString()!);
        Assert.All(rules, rule => Assert.All(rule.GetProperty("words").EnumerateObject(),
            words => Assert.DoesNotContain('{', words.Value.GetString()!)));
    }

    [Fact]
    public async Task Every_threshold_of_a_rule_is_a_member_of_the_policy_s_checks()
    {
        var file = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(DataSetFile.ShippedFolder, $"{dataSet}.json"), Stop));
        var checks = file.RootElement.GetProperty("policies")[0].GetProperty("checks");
        using var response = await _rig.Anonymous.GetAsync("/api/v1/patterns/rules", Stop);
        var rules = (await ServiceRig.JsonAsync(response, HttpStatusCode.OK)).GetProperty("rules");
        foreach (var threshold in rules.EnumerateArray().SelectMany(r =>
            r.GetProperty("thresholds").EnumerateObject()))
        {
            Assert.Equal(checks.GetProperty(threshold.Name).GetInt64(), threshold.Value.GetInt64());
        }
    }

    [Theory]
    [InlineData("?cabinet=nobody", HttpStatusCode.NotFound, "noSuchCabinet")]
    [InlineData("?county=110101", HttpStatusCode.BadRequest, "badCounty")]
    public async Task What_is_not_there_is_named(string query, HttpStatusCode status, string code)
    {
        using var response = await _rig.Anonymous.GetAsync("/api/v1/patterns/rules" + query, Stop);
        Assert.Equal(code, (await ServiceRig.JsonAsync(response, status)).GetProperty("code").GetString());
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRulesInterfaceTests() : RulesInterfaceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRulesInterfaceTests() : RulesInterfaceTests("linjiang-2027");
