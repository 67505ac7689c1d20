using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Ledger;
using KioskFleet.Simulators.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Checked batches into the ledger on PostgreSQL (heads, judging, entries, totals, one transaction per 10,000 entries)
/// against the same number of such rows by bare COPY with an upsert of the heads, 10,000 per transaction. The journals
/// go on over the rounds in one ledger, as those of a fleet do; the bare tables are empty at each. Owns a connection;
/// one caller at a time.
/// </summary>
internal sealed class PostgreSqlAppendBench : IAsyncDisposable
{
    private const string Ledger = "ledger";

    private readonly BenchOptions _options;
    private readonly PostgreSqlCluster _cluster;
    private readonly string _folder;
    private readonly MessageSigner _signer;
    private readonly List<(CabinetId Cabinet, BenchOutbox Outbox)> _cabinets;
    private NpgsqlConnection? _connection;
    private List<object?[]> _rows = [];

    /// <summary>Prepares.</summary>
    public PostgreSqlAppendBench(BenchOptions options, PostgreSqlCluster cluster, string folder, MessageSigner signer)
    {
        (_options, _cluster, _folder, _signer) = (options, cluster, folder, signer);
        _cabinets =
        [
            .. Enumerable.Range(0, Math.Max(1, options.LedgerSalesPerRound / LedgerAppendBench.SalesPerBatch))
                .Select(i => new BenchCabinet(
                    CabinetId.Parse($"KF{i:000000}"), "", signer, new JournalId((UInt128)(i + 1))))
                .Select(cabinet => (cabinet.Id, new BenchOutbox(cabinet, options.Seed))),
        ];
    }

    /// <summary>The database of a ledger that holds the batches of one round.</summary>
    public static string Sample => "sample";

    /// <summary>Measures.</summary>
    /// <exception cref="CampaignException">The ledger does not hold what it said it committed.</exception>
    public async Task<PairedRates> RunAsync(CancellationToken cancel)
    {
        var first = Next();
        await using (var sample = await OpenAsync(Sample, cancel))
        {
            await LedgerAppendBench.CommitAsync(WriterOf(sample), first);
        }

        await using var host = await OpenAsync(Ledger, cancel);
        var writer = WriterOf(host);
        await LedgerAppendBench.CommitAsync(writer, first);
        _connection = await _cluster.OpenAsync(Ledger, cancel);
        _rows = BarePostgreSql.ReadRows(_connection);
        await AppendAsync(writer);
        var rates = PairedRates.Measure(
            _options.Rounds, _ => AppendAsync(writer).GetAwaiter().GetResult(), _ => AppendBare());
        await RequireAsync((_options.Rounds + 3L) * _cabinets.Count * LedgerAppendBench.SalesPerBatch, cancel);
        return rates;
    }

    /// <summary>Appends the rows bare; rows per second. After <see cref="RunAsync"/>.</summary>
    public double AppendBare() => BarePostgreSql.Append(
        _connection ?? throw new InvalidOperationException("Nothing was measured yet."), _rows,
        LedgerAppendBench.RowsPerTransaction);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static LedgerWriter WriterOf(FleetServiceHost host) => host.Services.GetRequiredService<LedgerWriter>();

    private async Task<FleetServiceHost> OpenAsync(string database, CancellationToken cancel)
    {
        await _cluster.MakeDatabaseAsync(database, cancel);
        var host = FleetServiceHost.Build(BenchFleet.Settings(
            Directory.CreateDirectory(Path.Combine(_folder, database)).FullName, _cluster.Settings(database)));
        await BenchFleet.ImportCatalogueAsync(host.Services);
        return host;
    }

    private Task<double> AppendAsync(LedgerWriter writer) => LedgerAppendBench.CommitAsync(writer, Next());

    private List<VerifiedBatch> Next() =>
    [
        .. _cabinets.SelectMany((cabinet, i) => LedgerAppendBench.Check(
            cabinet.Outbox.Next(LedgerAppendBench.SalesPerBatch), cabinet.Cabinet, i, _signer)),
    ];

    private async Task RequireAsync(long expected, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand("SELECT count(*) FROM entries", _connection);
        if (await count.ExecuteScalarAsync(cancel) is not long held || held != expected)
        {
            throw new CampaignException($"The ledger does not hold the {expected} entries that it committed.");
        }
    }
}
