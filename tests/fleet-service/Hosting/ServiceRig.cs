using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Service.Tests.Hosting;

/// <summary>The whole service in this process on free ports, with its data in a directory of its own.</summary>
internal sealed class ServiceRig : IAsyncDisposable
{
    private readonly DirectoryInfo? _own;
    private readonly StorageOptions _storage;

    private ServiceRig(
        StorageOptions? storage, Action<IServiceCollection>? overrides, params (string Name, string Value)[] settings)
    {
        _own = storage is null ? Directory.CreateTempSubdirectory("kiosk-fleet-host-") : null;
        _storage = storage ?? TestEngine.Options(_own!.FullName);
        var all = new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Broker:Embedded:Port"] = "0",
            ["Broker:Embedded:RefusalDelayMilliseconds"] = "10",
            ["Enrolment:RedemptionsPerMinute"] = "100000",
        };
        foreach (var (name, value) in TestEngine.Settings(_storage))
        {
            all[name] = value;
        }

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        Host = FleetServiceHost.Build(all, overrides);
    }

    public FleetServiceHost Host { get; }

    public string Folder => _storage.DataDirectory;

    public FleetDatabase Database => Host.Services.GetRequiredService<FleetDatabase>();

    public string AdminToken => File.ReadAllText(Path.Combine(Folder, "admin.token")).Trim();

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous => new() { BaseAddress = Host.HttpAddress };

    /// <summary>A client with the admin token.</summary>
    public HttpClient Admin => With(AdminToken);

    public static async Task<ServiceRig> StartAsync(
        Action<IServiceCollection>? overrides = null, params (string Name, string Value)[] settings)
    {
        var rig = new ServiceRig(null, overrides, settings);
        await rig.Host.StartAsync();
        return rig;
    }

    /// <summary>Starts a service on a database that is the caller's, beside others perhaps.</summary>
    public static async Task<ServiceRig> StartOnAsync(
        StorageOptions storage, params (string Name, string Value)[] settings)
    {
        var rig = new ServiceRig(storage, null, settings);
        try
        {
            await rig.Host.StartAsync();
            return rig;
        }
        catch
        {
            await rig.Host.DisposeAsync();
            throw;
        }
    }

    public HttpClient With(string token)
    {
        var client = Anonymous;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Registers a cabinet in the first county of the data set.</summary>
    public async Task RegisterAsync(string cabinet)
    {
        var county = Host.Services.GetRequiredService<PlacesDataSet>().Counties[0].Code.Value;
        using var response = await Admin.PostAsJsonAsync(
            "/api/v1/cabinets", new { cabinetId = cabinet, county, operatorId = "op1" });
        response.EnsureSuccessStatusCode();
    }

    public async Task<string> MakeTokenAsync(string cabinet)
    {
        using var response = await Admin.PostAsync($"/api/v1/cabinets/{cabinet}/enrolment-tokens", null);
        return (await JsonAsync(response, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    /// <summary>The JSON of an answer that must have this status.</summary>
    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}, not {(int)status}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        await Host.DisposeAsync();
        if (_own is not null)
        {
            TestEngine.Drop(_storage);
            _own.Delete(recursive: true);
        }
    }
}
