using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Vending;
using KioskFleet.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace KioskFleet.Agent.Tests.LocalApi;

/// <summary>An agent with its real server on a free port and a Unix socket, without uplink.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new("agent-api");
    private readonly WebApplication _host;

    private RunningAgent(Func<TemporaryFolder, AgentSettings, AgentSettings>? change)
    {
        SocketPath = _folder.File("a.sock");
        var settings = new AgentSettings
        {
            DataDirectory = _folder.File("data"),
            Api = new ApiSettings { Listen = [ListenAddress.LoopbackAt(0), new ListenAddress(null, SocketPath)] },
        };
        settings = change?.Invoke(_folder, settings) ?? settings;
        _host = (WebApplication)AgentHost.Build(settings, new AgentOverrides
        {
            WithUplink = false, WithTelemetry = true, Plan = Plan,
        });
    }

    public static CabinetPlan Plan { get; } =
        new([new PlanSlot("A1", "tea", "定远绿茶", 1_500, 10, 8), new PlanSlot("A2", "rice", "明光大米", 2_000, 10, 0)], 0);

    public string SocketPath { get; }

    public HttpClient Http { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _host.Services;

    public static async Task<RunningAgent> StartAsync(
        Func<TemporaryFolder, AgentSettings, AgentSettings>? change = null)
    {
        var agent = new RunningAgent(change);
        await ((IHost)agent._host).StartAsync();
        agent.Address = new Uri(agent._host.Urls.First(url => !url.Contains("unix", StringComparison.Ordinal)));
        agent.Http = new HttpClient { BaseAddress = agent.Address };
        return agent;
    }

    public HttpClient OverSocket() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://cabinet.local"),
    };

    public Task<(int Status, JsonElement Body, string? Type)> PostAsync(
        string path, string body, string? language = null) => PostAsync(path, Encoding.UTF8.GetBytes(body), language);

    public async Task<(int Status, JsonElement Body, string? Type)> PostAsync(
        string path, byte[] body, string? language = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (language is not null)
        {
            request.Headers.AcceptLanguage.Add(StringWithQualityHeaderValue.Parse(language));
        }

        using var response = await Http.SendAsync(request);
        return await ReadAsync(response);
    }

    public async Task<(int Status, JsonElement Body, string? Type)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await ((IHost)_host).StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<(int Status, JsonElement Body, string? Type)> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return ((int)response.StatusCode, document.RootElement.Clone(),
            response.Content.Headers.ContentType?.MediaType);
    }
}
