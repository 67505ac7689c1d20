using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.City;

public sealed class CityTests
{
    [Fact]
    public async Task A_load_of_past_days_on_a_running_service_is_proven_over_its_api()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder("city");
        await using var fleet = await LocalFleet.StartAsync(folder.File("fleet"), TimeProvider.System, cancel);
        string[] args =
        [
            "city", "--url", $"{fleet.Api.Service}", "--token-file", folder.Write("token", fleet.Token + "\n"),
            "--broker", $"{fleet.BrokerEndPoint.Host}:{fleet.BrokerEndPoint.Port}",
            "--cabinets", "6", "--days", "2", "--data", folder.File("cabinets"), "--json",
        ];
        var result = await CommandLine.RunAsync([.. args, folder.File("1.json")]);
        Assert.Equal("", result.Error);
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        var json = CommandLine.Read(folder.File("1.json"));
        Assert.True(json.Number("recorded") > 20);
        Assert.Equal(json.Number("recorded"), json.Number("committed"));
        Assert.Equal(0, json.Number("lost"));
        Assert.Equal(0, json.Number("doubled"));
        Assert.Equal(
            json.GetProperty("plantedBreaches").GetRawText(), json.GetProperty("foundBreaches").GetRawText());
        Assert.NotEqual(0, json.GetProperty("foundBreaches").GetArrayLength());

        var again = await CommandLine.RunAsync([.. args, folder.File("2.json")]);
        Assert.Equal(ExitCode.Proven, again.ExitCode);
        Assert.Equal(json.Number("recorded"), CommandLine.Read(folder.File("2.json")).Number("recorded"));

        // Without the agents' folder the cabinets are somebody else's.
        args[^2] = folder.File("elsewhere");
        var foreign = await CommandLine.RunAsync([.. args, folder.File("3.json")]);
        Assert.Equal(ExitCode.Broken, foreign.ExitCode);
        Assert.Contains("in the register already", foreign.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_service_that_has_cabinets_the_catalogue_takes_a_second_person()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder("city");
        await using var fleet = await LocalFleet.StartAsync(folder.File("fleet"), TimeProvider.System, cancel);
        await fleet.Database.WriteAsync(
            (connection, _) =>
            {
                using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
                command.CommandText = """
                    INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms)
                    VALUES ('other', 'Retired', 0, 0);
                    INSERT INTO cabinet_keys (cabinet_id, key_id, spki, from_utc_ms) VALUES ('other', 'k', x'01', 0);
                    """;
                return command.ExecuteNonQuery();
            },
            cancel);
        string[] args =
        [
            "city", "--url", $"{fleet.Api.Service}", "--token-file", folder.Write("token", fleet.Token),
            "--broker", $"{fleet.BrokerEndPoint.Host}:{fleet.BrokerEndPoint.Port}",
            "--cabinets", "2", "--days", "1", "--start", "2020-09-01", "--data", folder.File("cabinets"),
        ];
        var alone = await CommandLine.RunAsync(args);
        Assert.Equal(ExitCode.Broken, alone.ExitCode);
        Assert.Contains("changesThePast", alone.Error, StringComparison.Ordinal);

        var second = await new AccessTokens(fleet.Database, TimeProvider.System).CreateAsync(
            "second", AccessScope.Write, null, "test", cancel);
        string[] together = [.. args, "--second-token-file", folder.Write("second", second)];
        Assert.Equal(ExitCode.Proven, (await CommandLine.RunAsync(together)).ExitCode);
        Assert.Equal(ExitCode.Proven, (await CommandLine.RunAsync(args)).ExitCode);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder("city");
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var result = await CommandLine.RunAsync("city", "--url", url, "--token-file", folder.Write("token", "t"),
            "--broker", "127.0.0.1:1", "--cabinets", "1", "--days", "1");
        Assert.Equal(ExitCode.Broken, result.ExitCode);
        Assert.Contains($"{url}/api/v1/places/counties failed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_remote_proof_sees_a_sale_whose_amount_was_changed()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder("city");
        await using var fleet = await LocalFleet.StartAsync(folder.File("fleet"), TimeProvider.System, cancel);
        string[] args =
        [
            "city", "--url", $"{fleet.Api.Service}", "--token-file", folder.Write("token", fleet.Token),
            "--broker", $"{fleet.BrokerEndPoint.Host}:{fleet.BrokerEndPoint.Port}",
            "--cabinets", "2", "--days", "1", "--start", "2020-09-01", "--data", folder.File("cabinets"),
        ];
        Assert.Equal(ExitCode.Proven, (await CommandLine.RunAsync(args)).ExitCode);
        await fleet.Database.WriteAsync(
            (connection, _) =>
            {
                using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
                command.CommandText = "UPDATE entries SET aid_fen = aid_fen + 1 WHERE kind = 1";
                return command.ExecuteNonQuery();
            },
            cancel);
        var result = await CommandLine.RunAsync(args);
        Assert.Equal(ExitCode.NotProven, result.ExitCode);
        Assert.Contains("THE PROOF FAILS.", result.Output, StringComparison.Ordinal);
    }
}
