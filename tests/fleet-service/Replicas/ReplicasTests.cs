using System.Net;
using System.Net.Http.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Storage;
using KioskFleet.TestKit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>Two whole services on one PostgreSQL database, each with a data directory of its own.</summary>
[RunsOnce]
public sealed class ReplicasTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly TemporaryDatabase _files = new(StorageEngine.PostgreSql);
    private readonly TemporaryFolder _first = new("first");
    private readonly TemporaryFolder _second = new("second");
    private ServiceRig _one = null!;
    private ServiceRig _other = null!;

    public async ValueTask InitializeAsync()
    {
        _one = await StartAsync(_first, 100);
        File.Copy(_first.File(PayerKey.FileName), _second.File(PayerKey.FileName));
        _other = await StartAsync(_second, 100);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
        _second.Dispose();
        _first.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task What_one_service_is_told_the_other_knows_within_a_moment()
    {
        await _one.RegisterAsync("A1");
        using var answer = await Client(_one).PostAsync("/api/v1/cabinets/A1/enrolment-tokens", null, Stop);
        await ServiceRig.JsonAsync(answer, HttpStatusCode.Created);
        var cabinet = CabinetId.Parse("A1");
        await Until(() => Of<FleetRegister>(_other).Current.TryGet(cabinet, out _));

        // The other way round, and over its own API.
        using var active = await Client(_other).PostAsJsonAsync(
            "/api/v1/cabinets/A1/life", new { life = "Active" }, Stop);
        Assert.True(active.IsSuccessStatusCode, await active.Content.ReadAsStringAsync(Stop));
        await Until(() => Of<FleetRegister>(_one).Current.TryGet(cabinet, out var model)
            && model.LifeAt(long.MaxValue) == CabinetLife.Active);

        var password = await _one.Database.WriteAsync((c, _) => CabinetCredentials.Issue(c, cabinet, 1), Stop);
        await UntilAsync(async () => await Of<CabinetCredentials>(_other)
            .VerifyAsync(cabinet, System.Text.Encoding.UTF8.GetBytes(password), Stop));
        await _other.Database.WriteAsync((c, _) => CabinetCredentials.Revoke(c, cabinet), Stop);
        await UntilAsync(async () => !await Of<CabinetCredentials>(_one)
            .VerifyAsync(cabinet, System.Text.Encoding.UTF8.GetBytes(password), Stop));
    }

    [Fact]
    public async Task Policies_catalogue_and_wanted_configs_are_in_force_in_both()
    {
        var policy = Of<CurrentPolicies>(_one).Book.All[0];
        var before = Of<CurrentPolicies>(_other).Book.Revision;
        await Of<PolicyDesk>(_one).EndAsync(policy.Id, Of<PolicyDesk>(_one).Today.AddDays(40), "test", "t", Stop);
        await Until(() => Of<CurrentPolicies>(_other).Book.Revision > before);

        var version = Of<CurrentCatalogue>(_other).Snapshot.Version;
        await AddProductAsync(_one, "tea");
        await Until(() => Of<CurrentCatalogue>(_other).Snapshot.Version > version);

        await _one.RegisterAsync("A1");
        await _one.Database.WriteAsync((c, _) => c.Execute(
            """
            INSERT INTO enforcement_states (cabinet_id, operator_id, count_from_utc_ms, rung, since_utc_ms, breach_days,
              wanted_version, frame) VALUES ('A1', 'op1', 0, 'Observing', 0, 0, 'v7', '')
            """), Stop);
        await Until(() => Of<WantedConfigs>(_other).VersionOf(CabinetId.Parse("A1")) == "v7");
    }

    [Fact]
    public async Task A_commit_is_judged_by_the_newest_catalogue_also_before_anybody_has_looked()
    {
        // This service looks once a minute only: what it commits may not wait for that.
        using var folder = new TemporaryFolder("third");
        File.Copy(_first.File(PayerKey.FileName), folder.File(PayerKey.FileName));
        await using var slow = await StartAsync(folder, 60_000);
        await Task.Delay(300, Stop);
        var version = Of<CurrentCatalogue>(slow).Snapshot.Version;
        await AddProductAsync(_one, "tea");
        Assert.Equal(version, Of<CurrentCatalogue>(slow).Snapshot.Version);

        await Of<LedgerWriter>(slow).CommitAsync([], Stop);
        Assert.Equal(version + 1, Of<CurrentCatalogue>(slow).Snapshot.Version);
    }

    [Fact]
    public async Task Every_work_is_done_by_one_service_and_by_the_other_after_the_stop()
    {
        var works = Of<Leases>(_one).Works.Select(work => work.Work).Order().ToList();
        Assert.Contains("rejudging", works);
        Assert.Equal(works, Of<Leases>(_other).Works.Select(work => work.Work).Order());
        await Until(() => Held(_one).Concat(Held(_other)).Order().SequenceEqual(works));

        await _one.Host.StopAsync(Stop);
        await Until(() => Held(_other).Order().SequenceEqual(works));

        static IEnumerable<string> Held(ServiceRig rig) =>
            Of<Leases>(rig).Works.Where(work => work.IsHeld).Select(work => work.Work);
    }

    [Fact]
    public async Task What_one_service_protects_the_other_reads()
    {
        var text = Of<IDataProtectionProvider>(_one).CreateProtector("test").Protect("secret");
        await Task.Yield();
        Assert.Equal("secret", Of<IDataProtectionProvider>(_other).CreateProtector("test").Unprotect(text));
        Assert.Throws<System.Security.Cryptography.CryptographicException>(
            () => Of<IDataProtectionProvider>(_other).CreateProtector("else").Unprotect(text));
    }

    [Fact]
    public async Task A_service_with_another_key_of_payers_does_not_start()
    {
        using var folder = new TemporaryFolder("third");
        var error = await Assert.ThrowsAsync<StorageException>(() => StartAsync(folder, 100));
        Assert.Contains(folder.File(PayerKey.FileName), error.Message, StringComparison.Ordinal);
        Assert.Contains("Put the file", error.Message, StringComparison.Ordinal);
    }

    private static T Of<T>(ServiceRig rig)
        where T : notnull => rig.Host.Services.GetRequiredService<T>();

    private static HttpClient Client(ServiceRig rig) => rig.Admin;

    private static Task<long> AddProductAsync(ServiceRig rig, string product) =>
        Of<CatalogueVersionStore>(rig).ChangeAsync(
            turn => turn.Commit(
                [new CatalogueChange.ProductAdded(new Product(product, product))], new CatalogueOrigin("test", "test")),
            Stop);

    private static Task Until(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var left = 750; !await holds(); left--)
        {
            Assert.True(left > 0, "It did not come to be within 15 s.");
            await Task.Delay(20, Stop);
        }
    }

    private Task<ServiceRig> StartAsync(TemporaryFolder folder, int lookMilliseconds) => ServiceRig.StartOnAsync(
        _files.Options with { DataDirectory = folder.Path },
        ("Replicas:LookMilliseconds", $"{lookMilliseconds}"), ("Replicas:LeaseSeconds", "6"));
}
