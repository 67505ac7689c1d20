using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Demo;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Tests.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.Demo;

/// <summary>What the auditor asks of a service and makes of its answers, over real HTTP.</summary>
public sealed class AuditorTests
{
    private static readonly DateTimeOffset Start = new(2020, 8, 29, 16, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_bill_from_the_day_before_to_the_day_before_the_last_check_is_brought_once_and_in_order()
    {
        await using var service = await ScriptedService.StartAsync();
        var (plan, auditor) = Audit(service, 12, 3);
        await auditor.ArriveAsync(Cancel);
        Assert.Equal(new DateTimeOffset(2020, 9, 6, 16, 0, 0, TimeSpan.Zero), auditor.EndsAtUtc);
        await auditor.CheckAsync(auditor.EndsAtUtc, Cancel);

        var days = service.Bills.Select(b => b.Day).Distinct().ToList();
        Assert.Equal(days.Order(), days);
        Assert.Equal(("2020-08-29", "2020-09-06"), (days[0], days[^1]));
        var operators = plan.Cabinets.Select(c => c.Operator.Id).Distinct().Count();
        Assert.Equal(days.Count * operators * 3, service.Bills.Distinct().Count());
        Assert.Equal(["alipay", "unionpay", "wechat"], service.Bills.Select(b => b.Provider).Distinct().Order());
        Assert.Equal([service.Bills.Count], service.Assessments);
        Assert.Equal(service.Bills.Count,
            Assert.IsType<AccusationProof.Judged>(await auditor.JudgeAsync(Cancel)).Bills);
    }

    [Fact]
    public async Task A_month_is_checked_before_it_is_final_and_no_bill_is_brought_twice()
    {
        await using var service = await ScriptedService.StartAsync();
        var (_, auditor) = Audit(service, 4, 12);
        await auditor.ArriveAsync(Cancel);
        var due = new DateTimeOffset(2020, 9, 5, 16, 0, 0, TimeSpan.Zero);
        Assert.False(auditor.IsDue(due.AddTicks(-1)));
        Assert.True(auditor.IsDue(due));
        await auditor.CheckAsync(due, Cancel);
        Assert.False(auditor.IsDue(auditor.EndsAtUtc));
        Assert.Equal("2020-09-05", service.Bills[^1].Day);
        var brought = service.Bills.Count;
        await auditor.CheckAsync(auditor.EndsAtUtc, Cancel);
        Assert.Equal(service.Bills.Count, service.Bills.Distinct().Count());
        Assert.Equal([brought, service.Bills.Count], service.Assessments);
    }

    [Fact]
    public async Task Findings_that_stand_are_compared_with_what_was_planted_all_pages_of_them()
    {
        await using var service = await ScriptedService.StartAsync();
        var (plan, auditor) = Audit(service, 24, 3);
        var planted = PlantedAccusations.Of(plan, PlantedTruth.Compute(plan)).Expected;
        service.Findings.AddRange(planted.Select((one, i) => new ApiFinding(
            i + 10, $"{one.Kind}", i % 2 == 0 ? "Open" : "Explained", one.Cabinet, one.Operator, "2020-08")));
        var honest = plan.Cabinets.First(c => c.Behaviour == Behaviour.Honest);
        service.Findings.AddRange(
        [
            new ApiFinding(1, "PriceOutlier", "Closed", honest.Id.Value, honest.Operator.Id, "mended"),
            new ApiFinding(2, "AtRisk", "Open", honest.Id.Value, honest.Operator.Id, "2020-08"),
            new ApiFinding(3, "SilentCabinet", "Open", "KF999999", "OP99", "somebody else's"),
        ]);
        await auditor.ArriveAsync(Cancel);
        var sound = Assert.IsType<AccusationProof.Judged>(await auditor.JudgeAsync(Cancel));
        Assert.Equal((1m, 1m), (sound.Score.Precision, sound.Score.Recall));
        Assert.True(sound.Holds);

        service.Findings.RemoveAt(0);
        service.Findings.Add(new ApiFinding(4, "BuyerBurst", "Open", honest.Id.Value, honest.Operator.Id, "2020-09"));
        var wrong = Assert.IsType<AccusationProof.Judged>(await auditor.JudgeAsync(Cancel));
        Assert.Single(wrong.Score.Misses);
        Assert.Equal([honest.Id.Value], wrong.Score.HonestAccused);
        Assert.False(wrong.Holds);
        Assert.Contains(wrong.Lines, line => line.Name == "honest cabinets accused" && line.Holds == false);
    }

    [Fact]
    public async Task A_refused_bill_and_a_failed_check_spoil_the_proof_in_words()
    {
        await using var service = await ScriptedService.StartAsync(refuses: "alipay");
        service.Failures.Add(new ApiCheckFailure("SalesPatterns", "database is locked"));
        var (plan, auditor) = Audit(service, 1, 1);
        await auditor.ArriveAsync(Cancel);
        await auditor.CheckAsync(auditor.EndsAtUtc, Cancel);
        var proof = Assert.IsType<AccusationProof.Judged>(await auditor.JudgeAsync(Cancel));
        Assert.False(proof.Holds);
        Assert.Contains($"The alipay bill of {plan.Cabinets[0].Operator.Id} for 2020-08-30 was not taken as complete; "
            + "2 rows were refused.", proof.Findings);
        Assert.Contains("The check SalesPatterns failed: database is locked", proof.Findings);
    }

    [Fact]
    public async Task A_service_without_bills_or_checks_is_told_in_words_and_nothing_is_brought()
    {
        await using var service = await ScriptedService.StartAsync(withBills: false);
        var (_, auditor) = Audit(service, 4, 1);
        await auditor.ArriveAsync(Cancel);
        await auditor.CheckAsync(auditor.EndsAtUtc, Cancel);
        var proof = Assert.IsType<AccusationProof.NotJudged>(await auditor.JudgeAsync(Cancel));
        Assert.Equal("the service has no POST /api/v1/bills", proof.Why);
        Assert.Empty(service.Bills);
        Assert.Empty(service.Assessments);
    }

    private static (CityPlan Plan, Auditor Auditor) Audit(ScriptedService service, int cabinets, int days)
    {
        var plan = Chuzhou.Plan(cabinets, days, 5, Start);
        return (plan, new Auditor(plan, PlantedTruth.Compute(plan), service.Api));
    }
}
