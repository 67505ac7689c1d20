using System.Net;
using System.Net.Sockets;
using KioskFleet.Service.Series;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Service.Tests.Series;

/// <summary>The writer of time series with a real database whose ledger rows the test makes.</summary>
internal sealed class SeriesRig : IDisposable
{
    private readonly TemporaryDatabase _files = new();
    private readonly IConfiguration _configuration;
    private ServiceProvider _services;

    public SeriesRig(Uri server, int batchEntries, string county = "341125", int keepSentSeconds = 10)
    {
        var token = Path.Combine(_files.Folder, "series.token");
        File.WriteAllText(token, "secret\n");
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Series:Enabled"] = "true",
            ["Series:Url"] = server.ToString(),
            ["Series:Org"] = "city",
            ["Series:Bucket"] = "sales",
            ["Series:TokenFile"] = token,
            ["Series:BatchEntries"] = $"{batchEntries}",
            ["Series:KeepSentSeconds"] = $"{keepSentSeconds}",
        }).Build();
        _services = Build();
        _services.GetRequiredService<LedgerGenerationStore>().EnsureAsync().GetAwaiter().GetResult();
        _files.Run($"""
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op 1', 'op', 0);
            INSERT INTO cabinets (cabinet_id, life, closed_until_utc_ms, registered_utc_ms, changed_utc_ms)
                VALUES ('A1', 'Active', NULL, 0, 0);
            INSERT INTO assignments VALUES (1, 'A1', 'op 1', '{county}', '', 'school', 0, NULL);
            INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
              VALUES (1, x'01', 'A1', 0, x'00', 0);
            INSERT INTO batches VALUES (1, 1, 1, 1, 1, 1, x'00', x'00', x'00', 1, 0);
            """);
    }

    /// <summary>As after a restart of the service.</summary>
    public void Restart()
    {
        _services.Dispose();
        _services = Build();
    }

    private ServiceProvider Build() => new ServiceCollection().AddLogging()
        .AddSingleton(_files.Database).AddSingleton(TimeProvider.System).AddSingleton<LedgerGenerationStore>()
        .AddSingleton(KioskFleet.Service.Replicas.Leases.OfOneService(_files.Database, TimeProvider.System))
        .AddSeries(_configuration).BuildServiceProvider();

    public SeriesWriter Writer => _services.GetRequiredService<SeriesWriter>();

    public SeriesDelivery Delivery => _services.GetRequiredService<SeriesDelivery>();

    public SeriesOutbox Outbox => _services.GetRequiredService<SeriesOutbox>();

    public SeriesServer Server => _services.GetRequiredService<SeriesServer>();

    public LedgerGenerationStore Generations => _services.GetRequiredService<LedgerGenerationStore>();

    public object? Run(string sql) => _files.Run(sql);

    public void AddSale(long position, long utcMs, long aidFen, long ordinaryFen) => _files.Run($"""
        INSERT INTO entries (position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id,
          aid_fen, ordinary_fen, unmapped_fen, line_class)
        VALUES ({position}, 1, {position}, x'00', x'00', 1, 0, {utcMs}, 20200901, 1, {aidFen}, {ordinaryFen}, 0, 1)
        """);

    public void AddRefund(long position, long utcMs, long fen, int ofClass) => _files.Run($"""
        INSERT INTO entries (position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id,
          aid_fen, ordinary_fen, unmapped_fen, line_class)
        VALUES ({position}, 1, {position}, x'00', x'00', 2, 0, {utcMs}, 20200901, 1, 0, 0, 0, 1);
        INSERT INTO refunds (position, cabinet_id, refund_number, refund_day, sale_journal, sale_seq, line, amount_fen,
                             class)
        VALUES ({position}, 'A1', 'r{position}', 20200901, x'01', 1, 0, {fen}, {ofClass});
        """);

    /// <summary>Writes until nothing is left.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (await Writer.StepAsync(cancellationToken))
        {
        }
    }

    public void Dispose()
    {
        _services.Dispose();
        _files.Dispose();
    }
}

/// <summary>A write API whose answers the test chooses; a real HTTP server on a free port.</summary>
internal sealed class ChosenServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public ChosenServer()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Given the lines of a request, the status and words to answer and seconds for Retry-After.</summary>
    public Func<string[], (int Status, string Words, int? RetryAfter)> Answer { get; set; } = _ => (204, "", null);

    public string ContentType { get; set; } = "text/plain";

    public List<string> Taken { get; } = [];

    public List<string> Queries { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Queries.Add(context.Request.RawUrl + " " + context.Request.Headers["Authorization"]);
            using var gzip = new System.IO.Compression.GZipStream(
                context.Request.InputStream, System.IO.Compression.CompressionMode.Decompress);
            using var reader = new StreamReader(gzip);
            var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var (status, words, retryAfter) = Answer(lines);
            if (status == 204)
            {
                Taken.AddRange(lines);
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = ContentType;
            if (retryAfter is { } seconds)
            {
                context.Response.AddHeader("Retry-After", $"{seconds}");
            }

            if (words.Length > 0)
            {
                await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(words));
            }

            context.Response.Close();
        }
    }
}
