using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Crash;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Fleet;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Proofs;

/// <summary>
/// A service and one cabinet as processes of their own, enrolled, on free ports, in a folder of their own.
/// </summary>
internal sealed class SmallFleet : IAsyncDisposable
{
    public const string CabinetName = "cabinet-1";

    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new("small-fleet");

    private SmallFleet()
    {
        Service = new ServiceUnderTest(_folder.Path);
        Cabinet = new CabinetUnderTest(
            CabinetName, _folder.Path, Service.Address, Service.BrokerPort, TimeProvider.System);
        Agent = new HttpClient { BaseAddress = Cabinet.Address };
    }

    public ServiceUnderTest Service { get; }

    public CabinetUnderTest Cabinet { get; }

    /// <summary>The agent's local API.</summary>
    public HttpClient Agent { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SmallFleet> StartAsync()
    {
        var fleet = new SmallFleet();
        try
        {
            await fleet.Service.StartAsync(Cancel);
            using var api = fleet.Api();
            await api.RegisterAsync([new LoadCabinet
            {
                Id = CabinetId.Parse(CabinetName),
                County = CountyCode.Parse("341122"),
                OperatorId = "op-1",
                Row = "341122",
                Events = static () => [],
            }], Cancel);
            await fleet.Cabinet.EnrolAsync(await api.MakeTokenAsync(CabinetId.Parse(CabinetName), Cancel), Cancel);
            await fleet.Cabinet.StartAsync(Cancel);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of the service that may write.</summary>
    public FleetApi Api() => new(Service.Address, Service.AdminToken);

    /// <summary>Reports a sale delivered and returns the agent's answer.</summary>
    public async Task<JsonElement> SellAsync(string id, long paidFen)
    {
        using var answer = await Agent.PostAsJsonAsync($"v1/vends/{id}/delivered", new
        {
            lines = new[] { new { slot = "A1", sku = "SKU-001", name = "霍山石斛", quantity = 1, paidFen } },
            payment = new { method = "wechat", merchantOrderNumber = $"M-{id}", transactionNumber = $"T-{id}" },
        }, Cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    /// <summary>Waits until nothing is on its way any more.</summary>
    public async Task DrainAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(DrainWithin);
        while (await Cabinet.BacklogAsync(limit.Token) != 0)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Ends both cleanly.</summary>
    public async Task StopAsync()
    {
        Assert.True(await Cabinet.StopAsync());
        Assert.True(await Service.StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Agent.Dispose();
        await Cabinet.DisposeAsync();
        await Service.DisposeAsync();
        _folder.Dispose();
    }
}
