using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Fleet;

public abstract class CabinetKindTests(string dataSet)
{
    private readonly CityService _city = new(dataSet);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registration_states_what_the_kind_can_and_cannot_enforce_in_both_languages()
    {
        await using var rig = await _city.StartAsync();
        var door = await Register(rig, new
        {
            cabinetId = "D1", county = _city.County, operatorId = "op1", kind = "OpenDoor",
        }, HttpStatusCode.Created);
        Assert.Equal("OpenDoor", door.GetProperty("kind").GetProperty("kind").GetString());
        var cannot = door.GetProperty("kind").GetProperty("cannotEnforce");
        Assert.Contains(
            "Cannot refuse a single product", cannot.GetProperty("en").GetString(), StringComparison.Ordinal);
        Assert.Contains("无法拒绝单件商品", cannot.GetProperty("zh").GetString(), StringComparison.Ordinal);

        var slot = await Register(
            rig, new { cabinetId = "S1", county = _city.County, operatorId = "op1" }, HttpStatusCode.Created);
        Assert.Equal("Slot", slot.GetProperty("kind").GetProperty("kind").GetString());

        var problem = await Register(rig, new
        {
            cabinetId = "B1", county = _city.County, operatorId = "op1", kind = "3",
        }, HttpStatusCode.BadRequest);
        Assert.Contains("takes Slot, Locker, OpenDoor, OpenDoorCompartments", problem.GetRawText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_can_be_changed_with_its_audit_row_and_outlives_a_restart_of_the_register()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        using var changed = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/A1/kind", new { kind = "openDoorCompartments" }, Stop);
        await ServiceRig.JsonAsync(changed, HttpStatusCode.OK);
        rig.Host.Services.GetRequiredService<FleetRegister>().Load();
        using var shown = await rig.Anonymous.GetAsync("/api/v1/cabinets/A1", Stop);
        Assert.Equal("OpenDoorCompartments", (await ServiceRig.JsonAsync(shown, HttpStatusCode.OK))
            .GetProperty("kind").GetProperty("kind").GetString());
        var audit = rig.Host.Services.GetRequiredService<AuditLog>().Read("cabinet:A1", null, 10)[0];
        Assert.Equal(("cabinet.kind", "admin"), (audit.Action, audit.Actor));
        Assert.Contains("Slot", audit.BeforeJson, StringComparison.Ordinal);
        Assert.Contains("OpenDoorCompartments", audit.AfterJson, StringComparison.Ordinal);

        using var bad = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/A1/kind", new { kind = "fridge" }, Stop);
        await ServiceRig.JsonAsync(bad, HttpStatusCode.BadRequest);
        using var unknown = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/Z9/kind", new { kind = "Slot" }, Stop);
        await ServiceRig.JsonAsync(unknown, HttpStatusCode.NotFound);
        using var anonymous = await rig.Anonymous.PostAsJsonAsync(
            "/api/v1/cabinets/A1/kind", new { kind = "Slot" }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public void Every_kind_has_words_for_what_it_can_and_cannot_enforce() => Assert.All(
        Enum.GetValues<CabinetKind>(), kind =>
        {
            var view = CabinetKindView.Of(kind);
            Assert.All(new[] { view.Name, view.CanEnforce, view.CannotEnforce }, text =>
            {
                Assert.NotEmpty(text.En);
                Assert.NotEmpty(text.Zh);
                Assert.NotEqual(text.En, text.Zh);
            });
        });

    private static async Task<JsonElement> Register(ServiceRig rig, object cabinet, HttpStatusCode status)
    {
        using var response = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets", cabinet, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouCabinetKindTests() : CabinetKindTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangCabinetKindTests() : CabinetKindTests("linjiang-2027");
