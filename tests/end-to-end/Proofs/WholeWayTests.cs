using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Simulators.Crash;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Proofs;

public sealed class WholeWayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_sale_goes_from_the_request_at_the_cabinet_into_the_ledger_and_is_counted_once()
    {
        await using var fleet = await SmallFleet.StartAsync();
        using (var approved = await fleet.Agent.PostAsJsonAsync(
            "v1/vends", new { id = "v-1", slot = "A1", sku = "SKU-001", priceFen = 1_250 }, Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        }

        var first = await fleet.SellAsync("v-1", 1_250);
        var again = await fleet.SellAsync("v-1", 1_250);
        await fleet.DrainAsync();

        Assert.False(first.GetProperty("alreadyRecorded").GetBoolean());
        Assert.True(again.GetProperty("alreadyRecorded").GetBoolean());
        Assert.Equal(Seq(first), Seq(again));
        var live = LedgerFile.Read(fleet.Service.DatabasePath);
        var record = Assert.Single(live.Records);
        Assert.Equal(new RecordKey(RecordKind.Sale, SmallFleet.CabinetName, "v-1"), record.Key);
        Assert.Equal((CountState.Counted, 1_250L, 1_250L), (record.State, record.StatedFen, record.CountedFen));
        Assert.Equal(1_250, live.TotalFen[SmallFleet.CabinetName]);
        Assert.All(live.Journals, journal => Assert.Null(journal.Broken));

        await fleet.StopAsync();
        var (code, output) = await fleet.Service.RunCommandAsync("verify");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_sale_made_while_the_service_was_down_arrives_when_it_is_back()
    {
        await using var fleet = await SmallFleet.StartAsync();
        await fleet.SellAsync("v-1", 100);
        await fleet.DrainAsync();
        await fleet.Service.KillAsync();
        await fleet.SellAsync("v-2", 200);
        await fleet.Cabinet.KillAsync();
        await fleet.Cabinet.StartAsync(Cancel);

        await fleet.Service.StartAsync(Cancel);
        await fleet.DrainAsync();

        var ledger = LedgerFile.Read(fleet.Service.DatabasePath);
        Assert.Equal(["v-1", "v-2"], ledger.Records.Select(record => record.Key.Id));
        Assert.Equal(300, ledger.TotalFen[SmallFleet.CabinetName]);
    }

    private static ulong Seq(JsonElement answer) => answer.GetProperty("entry").GetProperty("seq").GetUInt64();
}
