using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KioskFleet.TestKit;

/// <summary>One time series as VictoriaMetrics exports it.</summary>
/// <param name="Labels">All labels; the name is under <c>__name__</c>.</param>
/// <param name="Values">The values in the order of time.</param>
/// <param name="TimestampsMilliseconds">Unix milliseconds, one for each value.</param>
public sealed record ExportedSeries(
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<double> Values,
    IReadOnlyList<long> TimestampsMilliseconds)
{
    /// <summary>The series' name.</summary>
    public string Name => Labels["__name__"];
}

/// <summary>One series of the answer to an instant query.</summary>
/// <param name="Labels">The labels that the query kept.</param>
/// <param name="Value">The value at the asked moment.</param>
public sealed record InstantValue(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A real VictoriaMetrics server on a free loopback port with its own data folder; it takes the InfluxDB v2 write API
/// at <c>/api/v2/write</c>. Data written is visible to queries after <see cref="FlushAsync"/>, which the query methods
/// call themselves. Start, stop and dispose are for one caller at a time; the queries are thread-safe.
/// </summary>
public sealed class VictoriaMetricsServer : IAsyncDisposable
{
    /// <summary>How long the server may take until it accepts connections.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long data is kept. The default of one month would silently drop older sales; cabinets keep 400 days.
    /// </summary>
    public const string RetentionPeriod = "20y";

    private readonly TemporaryFolder folder;
    private readonly LoopbackServer server;
    private readonly HttpClient http;

    private VictoriaMetricsServer(TemporaryFolder folder, LoopbackServer server)
    {
        this.folder = folder;
        this.server = server;
        http = new HttpClient { BaseAddress = BaseAddress, Timeout = RequestTimeout };
    }

    /// <summary>True when VictoriaMetrics is installed on this machine.</summary>
    public static bool IsInstalled => Program is not null;

    /// <summary>The port to connect to; the same for the life of this object.</summary>
    public int Port => server.Port;

    /// <summary>The root of its HTTP API, for example <c>http://127.0.0.1:20001/</c>.</summary>
    public Uri BaseAddress => new($"http://127.0.0.1:{server.Port}/");

    /// <summary>True while the server process runs.</summary>
    public bool IsRunning => server.IsRunning;

    /// <summary>The newest lines of the log over all runs, oldest first.</summary>
    public IReadOnlyList<string> Log => server.Log;

    private static string? Program { get; } = ServerAvailability.FindProgram("victoria-metrics");

    /// <summary>Starts an empty server and waits until it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">VictoriaMetrics is not installed, or it ended at once; the log is in
    /// the message.</exception>
    /// <exception cref="TimeoutException">It did not accept within <see cref="StartTimeout"/>.</exception>
    public static async Task<VictoriaMetricsServer> StartAsync()
    {
        var program = Program ?? throw new InvalidOperationException(ServerAvailability.NoVictoriaMetrics);
        var folder = new TemporaryFolder("victoria-metrics");
        try
        {
            var server = await LoopbackServer.StartAsync(port => CommandFor(program, folder, port), StartTimeout);
            return new VictoriaMetricsServer(folder, server);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server cleanly; its data stays.</summary>
    public Task StopAsync() => server.StopAsync();

    /// <summary>Kills the server process; what it had not yet written to disk is lost.</summary>
    public void Kill() => server.Kill();

    /// <summary>Starts the stopped or killed server again on the same port with the same data.</summary>
    public Task StartAgainAsync() => server.StartAgainAsync();

    /// <summary>Freezes the server: connections stay open and nothing answers.</summary>
    public void Freeze() => server.Freeze();

    /// <summary>Lets a frozen server go on.</summary>
    public void Thaw() => server.Thaw();

    /// <summary>Writes lines of the InfluxDB line protocol with timestamps in the precision named.</summary>
    /// <param name="lines">Lines separated by line feeds.</param>
    /// <param name="precision"><c>ns</c>, <c>us</c>, <c>ms</c> or <c>s</c>.</param>
    /// <exception cref="HttpRequestException">The server refused.</exception>
    public async Task WriteLinesAsync(string lines, string precision = "ms") =>
        await PostAsync($"api/v2/write?precision={precision}", lines);

    /// <summary>Imports series as lines of JSON, in the form that the export has.</summary>
    /// <exception cref="HttpRequestException">The server refused.</exception>
    public async Task ImportAsync(IEnumerable<ExportedSeries> series) =>
        await PostAsync("api/v1/import", string.Concat(series.Select(ToJsonLine)));

    /// <summary>Makes all data written so far visible to queries.</summary>
    public async Task FlushAsync() => await GetAsync("internal/force_flush");

    /// <summary>All data of the series that the selector names, unaltered.</summary>
    /// <param name="selector">For example <c>{__name__=~"sales.*"}</c>.</param>
    public async Task<IReadOnlyList<ExportedSeries>> ExportAsync(string selector)
    {
        await FlushAsync();
        var text = await GetAsync($"api/v1/export?reduce_mem_usage=1&match[]={Uri.EscapeDataString(selector)}");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(FromJsonLine)];
    }

    /// <summary>The answer to a query in PromQL at one moment.</summary>
    public async Task<IReadOnlyList<InstantValue>> QueryAsync(string query, DateTimeOffset at)
    {
        await FlushAsync();
        var seconds = (at.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);
        var text = await GetAsync($"api/v1/query?nocache=1&query={Uri.EscapeDataString(query)}&time={seconds}");
        using var answer = JsonDocument.Parse(text);
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(ToValue)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    private static ServerCommand CommandFor(string program, TemporaryFolder folder, int port) => new(
        program,
        [
            $"-storageDataPath={folder.File("data")}",
            $"-httpListenAddr=127.0.0.1:{port}",
            $"-retentionPeriod={RetentionPeriod}",
            "-memory.allowedBytes=128MB",
            "-search.latencyOffset=0s",
            "-search.disableCache",
        ]);

    private static string ToJsonLine(ExportedSeries series) => JsonSerializer.Serialize(new
    {
        metric = series.Labels,
        values = series.Values,
        timestamps = series.TimestampsMilliseconds,
    }) + "\n";

    private static ExportedSeries FromJsonLine(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new ExportedSeries(
            ToLabels(root.GetProperty("metric")),
            [.. root.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())],
            [.. root.GetProperty("timestamps").EnumerateArray().Select(value => value.GetInt64())]);
    }

    private static InstantValue ToValue(JsonElement element) => new(
        ToLabels(element.GetProperty("metric")),
        double.Parse(element.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));

    private static Dictionary<string, string> ToLabels(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "text/plain");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }
}
