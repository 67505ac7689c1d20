using System.Net;
using KioskFleet.Service.Assessment;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Assessment;

/// <summary>All checks, each on its own, on the whole service.</summary>
public abstract class AssessmentTests(string dataSet)
{
    private readonly CityService _city = new(dataSet);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_that_fails_takes_no_other_along_and_its_findings_stay()
    {
        var good = new Check(FindingKind.NonSaleExcess);
        var bad = new Check(FindingKind.PriceOutlier);
        await using var rig = await Rig(bad, good);
        var run = rig.Host.Services.GetRequiredService<AssessmentRun>();
        bad.Say = _ => new FindingCheck([Draft(FindingKind.PriceOutlier, "a")], []);
        await run.RunAsync(Stop);
        bad.Say = _ => throw new InvalidOperationException("no such price");
        good.Say = _ => new FindingCheck([Draft(FindingKind.NonSaleExcess, "b"), Draft(good.Kind, "c")], []);
        var report = await run.RunAsync(Stop);
        Assert.Equal([new KindCount(FindingKind.NonSaleExcess, 2, 2, 0, 0)], report.Kinds);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(("Check", "InvalidOperationException: no such price"), (failure.Source, failure.Problem));
        Assert.Equal([FindingKind.PriceOutlier], failure.Kinds);
        Assert.Equal(0, report.ConfigsChanged);
        Assert.Equal(["c", "b", "a"], Findings(rig).Select(f => f.Subject));
        Assert.All(Findings(rig), f => Assert.Equal(FindingState.Open, f.State));
    }

    [Fact]
    public async Task A_check_that_tells_of_another_s_kind_failed()
    {
        var check = new Check(FindingKind.NonSaleExcess)
        {
            Say = _ => new FindingCheck([Draft(FindingKind.Fork, "a")], []),
        };
        await using var rig = await Rig(check);
        var report = await rig.Host.Services.GetRequiredService<AssessmentRun>().RunAsync(Stop);
        Assert.Contains("Fork", Assert.Single(report.Failures).Problem, StringComparison.Ordinal);
        Assert.Empty(Findings(rig));
    }

    [Fact]
    public async Task A_finding_is_found_seen_again_ended_and_found_again_under_one_number()
    {
        var check = new Check(FindingKind.NonSaleExcess);
        await using var rig = await Rig(check);
        var run = rig.Host.Services.GetRequiredService<AssessmentRun>();
        check.Say = _ => new FindingCheck([Draft(check.Kind, "a")], []);
        Assert.Equal([new KindCount(check.Kind, 1, 1, 0, 0)], (await run.RunAsync(Stop)).Kinds);
        Assert.Equal([new KindCount(check.Kind, 1, 0, 0, 0)], (await run.RunAsync(Stop)).Kinds);
        check.Say = open => new FindingCheck([], open);
        Assert.Equal([new KindCount(check.Kind, 0, 0, 0, 1)], (await run.RunAsync(Stop)).Kinds);
        Assert.Equal([new KindCount(check.Kind, 0, 0, 0, 0)], (await run.RunAsync(Stop)).Kinds);
        Assert.Equal((FindingState.Closed, FindingClosure.Ended), (Findings(rig)[0].State, Findings(rig)[0].ClosedAs));
        check.Say = _ => new FindingCheck([Draft(check.Kind, "a")], []);
        Assert.Equal([new KindCount(check.Kind, 1, 0, 1, 0)], (await run.RunAsync(Stop)).Kinds);
        var finding = rig.Host.Services.GetRequiredService<FindingQueries>().Find(Findings(rig).Single().FindingId)!;
        Assert.Equal((FindingState.Open, 3L), (finding.Finding.State, finding.Finding.Times));
        Assert.Equal([FindingStep.End, FindingStep.FindAgain], finding.Steps.Select(s => s.Step));
        Assert.All(finding.Steps, step => Assert.Equal("service", step.By));
    }

    [Fact]
    public async Task What_a_person_closed_while_the_checks_ran_is_not_ended_again()
    {
        var check = new Check(FindingKind.NonSaleExcess)
        {
            Say = _ => new FindingCheck([Draft(FindingKind.NonSaleExcess, "a")], []),
        };
        await using var rig = await Rig(check);
        var run = rig.Host.Services.GetRequiredService<AssessmentRun>();
        await run.RunAsync(Stop);
        check.Say = open =>
        {
            var desk = rig.Host.Services.GetRequiredService<FindingDesk>();
            desk.TakeAsync(open[0].FindingId, FindingStep.Acknowledge, "", "anna", Stop).Wait(Stop);
            desk.TakeAsync(open[0].FindingId, FindingStep.CloseMended, "put right", "anna", Stop).Wait(Stop);
            return new FindingCheck([], open);
        };
        Assert.Equal(0, (await run.RunAsync(Stop)).Kinds[0].Ended);
        Assert.Equal(FindingClosure.Mended, Findings(rig).Single().ClosedAs);
    }

    [Fact]
    public async Task Two_checks_that_own_one_kind_stop_the_start_and_are_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var rig = await Rig(new Check(FindingKind.Fork), new Twin());
        });
        Assert.Contains("Fork", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check and Twin", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_never_overlap_and_who_asks_meanwhile_gets_the_next_one()
    {
        var (running, most) = (0, 0);
        var check = new Check(FindingKind.NonSaleExcess)
        {
            Say = _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                Thread.Sleep(30);
                Interlocked.Decrement(ref running);
                return new FindingCheck([], []);
            },
        };
        await using var rig = await Rig(check);
        var run = rig.Host.Services.GetRequiredService<AssessmentRun>();
        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => run.RunAsync(Stop), Stop)));
        Assert.Equal((1, 6), (most, reports.Select(r => r.AssessmentId).Distinct().Count()));
    }

    [Fact]
    public async Task The_loop_runs_at_its_interval_goes_on_after_a_failure_and_not_at_all_when_it_is_0()
    {
        var asked = new SemaphoreSlim(0);
        var check = new Check(FindingKind.NonSaleExcess)
        {
            Say = _ =>
            {
                asked.Release();
                throw new InvalidOperationException("broken");
            },
        };
        await using var rig = await Rig(check);
        var time = new FakeTimeProvider();
        using var loop = Loop(rig, 15, time);
        using var never = Loop(rig, 0, time);
        await loop.StartAsync(Stop);
        await never.StartAsync(Stop);
        await never.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.False(await asked.WaitAsync(50, Stop));
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromMinutes(15));
            Assert.True(await asked.WaitAsync(10_000, Stop));
            await Task.Delay(50, Stop);
        }

        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task A_run_is_asked_for_by_a_writer_and_the_last_ones_are_shown()
    {
        var check = new Check(FindingKind.NonSaleExcess)
        {
            Say = _ => new FindingCheck([Draft(FindingKind.NonSaleExcess, "a")], []),
        };
        await using var rig = await Rig(check);
        using (var refused = await rig.Anonymous.PostAsync("/api/v1/assessments", null, Stop))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        foreach (var isNew in (int[])[1, 0])
        {
            using var response = await rig.Admin.PostAsync("/api/v1/assessments", null, Stop);
            var report = await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
            Assert.Equal(("NonSaleExcess", 1, isNew), (report.GetProperty("kinds")[0].GetProperty("kind").GetString(),
                report.GetProperty("kinds")[0].GetProperty("found").GetInt32(),
                report.GetProperty("kinds")[0].GetProperty("new").GetInt32()));
        }

        using var listed = await rig.Anonymous.GetAsync("/api/v1/assessments?count=1", Stop);
        var page = await ServiceRig.JsonAsync(listed, HttpStatusCode.OK);
        Assert.Equal((2, "admin", 2), (page.GetProperty("items")[0].GetProperty("assessmentId").GetInt32(),
            page.GetProperty("items")[0].GetProperty("by").GetString(), page.GetProperty("nextBefore").GetInt32()));
        using var audit = await rig.Admin.GetAsync("/api/v1/audit?subject=assessment:2", Stop);
        Assert.Contains("assessment.run", await audit.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IntervalMinutes", "1441", "takes 0 to 1440")]
    [InlineData("WorseByPercent", "-1", "takes 0 to 1000")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string value, string takes)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var rig = await _city.StartAsync(null, ($"Assessment:{setting}", value));
        });
        Assert.Contains($"Assessment:{setting}: got {value}; {takes}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shipped_checks_run_on_an_empty_service()
    {
        await using var rig = await _city.StartAsync();
        var report = await rig.Host.Services.GetRequiredService<AssessmentRun>().RunAsync(Stop);
        Assert.Empty(report.Failures);
        Assert.Contains(report.Kinds, k => k.Kind == FindingKind.ProductBurst);
        Assert.All(report.Kinds, k => Assert.Equal(0, k.Found));
    }

    [Fact]
    public async Task No_shipped_check_can_tell_of_any_of_its_kinds_without_a_weight()
    {
        await using var rig = await _city.StartAsync();
        var kinds = rig.Host.Services.GetServices<IFindingSource>().SelectMany(source => source.Kinds).ToHashSet();
        Assert.True(kinds.Count > 15);
        Assert.All(kinds, kind => Assert.All((long[])[0, -1, long.MinValue], weight =>
            Assert.Throws<ArgumentOutOfRangeException>(
                () => new FindingDraft(kind, new FindingAbout(), "s", "{}", weight))));
    }

    private Task<ServiceRig> Rig(params IFindingSource[] checks) => _city.StartAsync(services =>
    {
        services.RemoveAll<IFindingSource>();
        foreach (var check in checks)
        {
            services.AddSingleton(check);
        }
    });

    private static AssessmentLoop Loop(ServiceRig rig, int minutes, TimeProvider time) => new(
        rig.Host.Services.GetRequiredService<AssessmentRun>(),
        Options.Create(new AssessmentOptions { IntervalMinutes = minutes }),
        KioskFleet.Service.Replicas.Leases.OfOneService(rig.Database, time), time,
        NullLogger<AssessmentLoop>.Instance);

    private static IReadOnlyList<FindingShown> Findings(ServiceRig rig) =>
        rig.Host.Services.GetRequiredService<FindingQueries>().Read(new FindingFilter(), null, 100).Items;

    private FindingDraft Draft(FindingKind kind, string subject) =>
        new(kind, new FindingAbout("cab-1", "op-1", _city.County), subject, "{}", 1);

    private sealed class Check(FindingKind kind) : IFindingSource
    {
        public FindingKind Kind => kind;

        public Func<IReadOnlyList<OpenFinding>, FindingCheck> Say { get; set; } = _ => new FindingCheck([], []);

        public IReadOnlyList<FindingKind> Kinds => [kind];

        FindingCheck IFindingSource.Check(
            CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken) => Say(open);
    }

    private sealed class Twin : IFindingSource
    {
        public IReadOnlyList<FindingKind> Kinds => [FindingKind.AtRisk, FindingKind.Fork];

        public FindingCheck Check(
            CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken) => new([], []);
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouAssessmentTests() : AssessmentTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangAssessmentTests() : AssessmentTests("linjiang-2027");
