using KioskFleet.Service.Storage;
using KioskFleet.Simulators.City;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Demo;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Demo;

public sealed class DemoTests
{
    private const string FirstSale = "WHERE position = (SELECT min(position) FROM entries WHERE kind = 1)";

    private static readonly DemoOptions Small = new() { Cabinets = 8, Days = 1, Seed = 3 };

    [Fact]
    public async Task A_small_demo_proves_itself_and_writes_what_it_found()
    {
        using var folder = new TemporaryFolder("demo");
        var result = await CommandLine.RunAsync(
            "demo", "--cabinets", "8", "--days", "1", "--seed", "3", "--exit", "--json", folder.File("summary.json"));
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        Assert.Contains("The proof holds.", result.Output, StringComparison.Ordinal);
        var json = CommandLine.Read(folder.File("summary.json"));
        Assert.True(json.Number("recorded") > 50);
        Assert.Equal(json.Number("recorded"), json.Number("committed"));
        Assert.Equal(0, json.Number("lost"));
        Assert.Equal(0, json.Number("doubled"));
        Assert.Equal(0, json.Number("quarantined"));
        var planted = json.GetProperty("plantedBreaches").EnumerateArray().Select(static id => id.GetString()).ToList();
        Assert.NotEmpty(planted);
        Assert.Equal(planted.Order(StringComparer.Ordinal), planted);
        Assert.Equal(planted, json.GetProperty("foundBreaches").EnumerateArray().Select(static id => id.GetString()));
        var counties = json.GetProperty("counties").EnumerateArray().ToList();
        Assert.Equal(8, counties.Count);
        Assert.Equal(8, counties.Sum(static county => county.Number("cabinets")));
        Assert.Equal(8, counties.Sum(static county => county.Number("compliant") + county.Number("atRisk")
            + county.Number("breach") + county.Number("noData")));
        Assert.Equal(planted.Count, counties.Sum(static county => county.Number("breach")));
        Assert.All(counties, static county => Assert.Matches("^3411[0-9]{2}$", county.GetProperty("code").GetString()));
        Assert.True(counties.Sum(static county => county.Number("aidFen")) > 0);
        Assert.True(counties.Sum(static county => county.Number("totalFen")) > 0);
    }

    [Fact]
    public async Task The_shipped_demo_finds_all_that_is_planted_and_accuses_nobody_else()
    {
        using var folder = new TemporaryFolder("demo");
        var result = await CommandLine.RunAsync("demo", "--exit", "--json", folder.File("summary.json"));
        var json = CommandLine.Read(folder.File("summary.json"));
        Assert.Null(json.GetProperty("notJudged").GetString());
        Assert.Empty(json.GetProperty("findings").EnumerateArray());
        Assert.Equal((1m, 1m), (json.GetProperty("precision").GetDecimal(), json.GetProperty("recall").GetDecimal()));
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        var kinds = json.GetProperty("accusations").GetProperty("kinds").EnumerateArray().ToList();
        Assert.Equal(13, kinds.Count);
        Assert.All(kinds, kind => Assert.True(kind.Number("planted") > 0));
        Assert.Empty(json.GetProperty("accusations").GetProperty("honestAccused").EnumerateArray());
    }

    [Fact]
    public async Task Time_passes_after_the_load_for_all_but_the_cabinet_that_lost_its_power()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new RunFolder(null);
        await using var run = await DemoRun.StartAsync(
            new DemoOptions { Cabinets = 12, Days = 1, Seed = 3 }, folder, TimeProvider.System, cancel);
        var outcome = await run.RunAsync(cancel);
        Assert.Empty(CityResult.Of(outcome).Findings);
        Assert.True(CityResult.Of(outcome).Proven);
        var silent = Assert.Single(outcome.Plan.Cabinets, c => c.Behaviour == Behaviour.Silent);
        var end = outcome.Plan.Options.EndUtc.AddDays(Auditor.DaysToWait).ToUnixTimeMilliseconds();
        using var connection = run.Fleet.Database.OpenReader();
        using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
        command.CommandText = "SELECT cabinet_id, heard_utc_ms FROM hellos";
        using var rows = command.ExecuteReader();
        var heard = new Dictionary<string, long>();
        while (rows.Read())
        {
            heard.Add(rows.GetString(0), rows.GetInt64(1));
        }

        Assert.Equal(12, heard.Count);
        Assert.All(heard.Where(cabinet => cabinet.Key != silent.Id.Value), cabinet => Assert.Equal(end, cabinet.Value));

        // It may have said hello once more at the end of the load, which was before it lost its power.
        var start = outcome.Plan.Options.StartUtc.ToUnixTimeMilliseconds();
        Assert.InRange(heard[silent.Id.Value], start, outcome.Plan.Options.EndUtc.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_kept_fleet_that_goes_through_the_same_load_again_does_not_change()
    {
        using var folder = new TemporaryFolder("demo");
        string[] args = ["demo", "--cabinets", "3", "--days", "1", "--exit", "--data", folder.File("city"), "--json"];
        Assert.Equal(ExitCode.Proven, (await CommandLine.RunAsync([.. args, folder.File("1.json")])).ExitCode);
        Assert.Equal(ExitCode.Proven, (await CommandLine.RunAsync([.. args, folder.File("2.json")])).ExitCode);
        var (first, second) = (CommandLine.Read(folder.File("1.json")), CommandLine.Read(folder.File("2.json")));
        foreach (var name in new[] { "recorded", "committed", "counties", "foundBreaches", "load" })
        {
            Assert.Equal(first.GetProperty(name).GetRawText(), second.GetProperty(name).GetRawText());
        }

        var other = await CommandLine.RunAsync([.. args, folder.File("3.json"), "--seed", "2"]);
        Assert.Equal(ExitCode.WrongInput, other.ExitCode);
        Assert.Contains("seed was 1 and is 2", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_proof_sees_a_tampered_row_a_removed_entry_and_a_shifted_total()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new RunFolder(null);
        await using var run = await DemoRun.StartAsync(Small, folder, TimeProvider.System, cancel);
        var sound = await run.RunAsync(cancel);
        Assert.Empty(CityResult.Of(sound).Findings);
        Assert.True(CityResult.Of(sound).Proven);

        // Each tampering is undone before the next, so that every one is found by itself.
        var amount = await TamperAsync($"UPDATE entries SET ordinary_fen = ordinary_fen + 1 {FirstSale}");
        Assert.Equal((0, 1), (amount.Proof.Lost, amount.Proof.Altered));
        await TamperAsync($"UPDATE entries SET ordinary_fen = ordinary_fen - 1 {FirstSale}");

        var totals = await TamperAsync("UPDATE totals SET sales_fen = sales_fen + 1 WHERE class = 1");
        Assert.True(totals.Proof.Holds);
        Assert.NotEmpty(totals.Other);
        await TamperAsync("UPDATE totals SET sales_fen = sales_fen - 1 WHERE class = 1");

        // Standings of whole months are read from the sums beside the days.
        var windows = await TamperAsync("UPDATE window_totals SET sales_fen = sales_fen + 1 WHERE class = 1");
        Assert.False(windows.Standings.Holds);
        Assert.NotEmpty(windows.Other);
        await TamperAsync("UPDATE window_totals SET sales_fen = sales_fen - 1 WHERE class = 1");

        var bytes = await TamperAsync("UPDATE entries SET bytes = CAST(bytes || x'00' AS BLOB) WHERE position = 2");
        Assert.Equal((1, 1), (bytes.Proof.Lost, bytes.Proof.Unrecorded));
        await TamperAsync(
            "UPDATE entries SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) AS BLOB) WHERE position = 2");
        Assert.True(CityResult.Of(await run.ProveAgainAsync(sound.Run, cancel)).Proven);

        var removed = await TamperAsync("DELETE FROM entries WHERE position = 3");
        Assert.Equal(1, removed.Proof.Lost);
        Assert.Equal(removed.Proof.Recorded - 1, removed.Proof.Committed);

        async Task<CityOutcome> TamperAsync(string sql)
        {
            Assert.True(await run.Fleet.Database.WriteAsync(
                (connection, _) =>
                {
                    using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
                    command.CommandText = sql;
                    return command.ExecuteNonQuery();
                },
                cancel) > 0);
            var outcome = await run.ProveAgainAsync(sound.Run, cancel);
            Assert.Equal(sql.Contains("- 1", StringComparison.Ordinal), CityResult.Of(outcome).Proven);
            return outcome;
        }
    }
}
