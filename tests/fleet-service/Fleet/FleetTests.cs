using System.Net;
using System.Net.Http.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Fleet;

public abstract class FleetTests(string dataSet)
{
    private readonly CityService _city = new(dataSet);

    private static readonly DateTimeOffset Start = new(2020, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A clock whose wall time can be set and whose timers are real.</summary>
    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    public static TheoryData<string, string, bool> Table()
    {
        var data = new TheoryData<string, string, bool>();
        var legal = new HashSet<(CabinetLife, CabinetLife)>
        {
            (CabinetLife.Registered, CabinetLife.Active), (CabinetLife.Registered, CabinetLife.Retired),
            (CabinetLife.Active, CabinetLife.ClosedUntil), (CabinetLife.Active, CabinetLife.Retired),
            (CabinetLife.ClosedUntil, CabinetLife.Active), (CabinetLife.ClosedUntil, CabinetLife.ClosedUntil),
            (CabinetLife.ClosedUntil, CabinetLife.Retired),
        };
        foreach (var from in Enum.GetValues<CabinetLife>())
        {
            foreach (var to in Enum.GetValues<CabinetLife>())
            {
                data.Add(from.ToString(), to.ToString(), legal.Contains((from, to)));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void The_table_of_lives_allows_exactly_these_changes(string from, string to, bool legal) =>
        Assert.Equal(legal, CabinetLifeRules.MayChange(Enum.Parse<CabinetLife>(from), Enum.Parse<CabinetLife>(to)));

    [Fact]
    public async Task An_illegal_change_names_the_state_and_what_is_allowed()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        using var response = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/A1/life", new { life = "ClosedUntil", closedUntil = "2099-01-01" }, Stop);
        var problem = await ServiceRig.JsonAsync(response, HttpStatusCode.Conflict);
        Assert.Equal("illegalLife", problem.GetProperty("code").GetString());
        Assert.Equal("Registered", problem.GetProperty("state").GetString());
        Assert.Equal(["Active", "Retired"], problem.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
        Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
    }

    [Fact]
    public async Task A_closure_ends_by_itself_on_its_day_in_the_citys_zone()
    {
        var clock = new WallClock();
        await using var rig = await _city.StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        await rig.RegisterAsync("A1");
        await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/A1/life", new { life = "Active" }, Stop);
        using var closed = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/A1/life", new { life = "ClosedUntil", closedUntil = "2020-10-08" }, Stop);
        var view = await ServiceRig.JsonAsync(closed, HttpStatusCode.OK);
        Assert.Equal(
            new DateTimeOffset(2020, 10, 7, 16, 0, 0, TimeSpan.Zero),
            view.GetProperty("closedUntilUtc").GetDateTimeOffset());
        clock.Now = new DateTimeOffset(2020, 10, 7, 16, 0, 0, TimeSpan.Zero);
        using var open = await rig.Anonymous.GetAsync("/api/v1/cabinets/A1", Stop);
        Assert.Equal("Active", (await ServiceRig.JsonAsync(open, HttpStatusCode.OK)).GetProperty("life").GetString());
        using var past = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/A1/life", new { life = "ClosedUntil", closedUntil = "2020-10-07" }, Stop);
        await ServiceRig.JsonAsync(past, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_move_makes_a_new_assignment_from_that_moment_and_earlier_moments_keep_theirs()
    {
        var clock = new WallClock();
        await using var rig = await _city.StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        await rig.RegisterAsync("A1");
        clock.Now = Start.AddDays(3);
        for (var i = 0; i < 2; i++)
        {
            using var moved = await rig.Admin.PostAsJsonAsync(
                "/api/v1/cabinets/A1/assignments", new { county = _city.OtherCounty, operatorId = $"op{i + 2}" }, Stop);
            await ServiceRig.JsonAsync(moved, HttpStatusCode.OK);
        }

        Assert.True(rig.Host.Services.GetRequiredService<FleetRegister>().Current
            .TryGet(CabinetId.Parse("A1"), out var cabinet));
        Assert.Equal(["op1", "op2", "op3"], cabinet.Assignments.Select(a => a.OperatorId));
        Assert.Equal(_city.County, cabinet.AssignmentAt(Start.AddDays(3).ToUnixTimeMilliseconds() - 1).County.Value);
        Assert.Equal("op2", cabinet.AssignmentAt(Start.AddDays(3).ToUnixTimeMilliseconds()).OperatorId);
        Assert.Equal("op3", cabinet.AssignmentAt(long.MaxValue).OperatorId);
        Assert.Equal("op1", cabinet.AssignmentAt(0).OperatorId);
        Assert.All(
            cabinet.Assignments.Zip(cabinet.Assignments.Skip(1)),
            p => Assert.Equal(p.First.ToUtcMs, p.Second.FromUtcMs));
    }

    [Fact]
    public async Task Bad_rows_are_all_named_and_nothing_of_the_request_is_registered()
    {
        await using var rig = await _city.StartAsync();
        using var response = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/bulk", new
        {
            cabinets = new[]
            {
                new { cabinetId = "A1", county = _city.County }, new { cabinetId = "a b", county = _city.County },
                new { cabinetId = "A3", county = "999999" },
            },
        }, Stop);
        var errors = (await ServiceRig.JsonAsync(response, HttpStatusCode.BadRequest)).GetProperty("errors");
        Assert.Equal(
            ["cabinets[1].cabinetId", "cabinets[2].county"], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, rig.Host.Services.GetRequiredService<FleetRegister>().Current.Count);
    }

    [Fact]
    public async Task Bulk_registration_twice_changes_nothing_and_a_list_is_filtered_and_paged()
    {
        await using var rig = await _city.StartAsync();
        var request = new
        {
            cabinets = Enumerable.Range(0, 250).Select(i => new
            {
                cabinetId = $"K{i:000}",
                county = i % 2 == 0 ? _city.County : _city.OtherCounty,
                operatorId = "op",
            }),
        };
        using var first = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/bulk", request, Stop);
        var registered = (await ServiceRig.JsonAsync(first, HttpStatusCode.OK)).GetProperty("registered");
        Assert.Equal(250, registered.GetArrayLength());
        using var second = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/bulk", request, Stop);
        var existing = (await ServiceRig.JsonAsync(second, HttpStatusCode.OK)).GetProperty("existing");
        Assert.Equal(250, existing.GetArrayLength());
        using var listed = await rig.Anonymous.GetAsync(
            $"/api/v1/cabinets?county={_city.OtherCounty}&operator=op&life=registered&page=2&pageSize=100", Stop);
        var page = await ServiceRig.JsonAsync(listed, HttpStatusCode.OK);
        Assert.Equal(125, page.GetProperty("total").GetInt32());
        Assert.Equal(25, page.GetProperty("items").GetArrayLength());
        using var again = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets", new { cabinetId = "K001", county = _city.County }, Stop);
        await ServiceRig.JsonAsync(again, HttpStatusCode.Conflict);
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouFleetTests() : FleetTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangFleetTests() : FleetTests("linjiang-2027");
