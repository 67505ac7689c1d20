using System.Globalization;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Simulators.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Checked batches into the ledger on PostgreSQL (heads, judging, entries, totals, one transaction per 10,000 entries)
/// against the same rows by bare COPY with an upsert of the heads, 10,000 per transaction. Each ledger round has a
/// database of its own; that of the first stays. Owns a connection to it; one caller at a time.
/// </summary>
internal sealed class PostgreSqlAppendBench : IAsyncDisposable
{
    private readonly PostgreSqlCluster _cluster;
    private readonly string _data;
    private readonly List<VerifiedBatch> _batches;
    private NpgsqlConnection? _connection;
    private List<object?[]> _rows = [];

    /// <summary>Signs the batches.</summary>
    public PostgreSqlAppendBench(BenchOptions options, PostgreSqlCluster cluster, string folder, MessageSigner signer)
    {
        _cluster = cluster;
        _data = Directory.CreateDirectory(Path.Combine(folder, "append")).FullName;
        _batches = LedgerAppendBench.Prepare(options, signer);
    }

    /// <summary>The database of a ledger that holds all batches.</summary>
    public static string Sample => NameOf(-2);

    /// <summary>Measures.</summary>
    /// <exception cref="CampaignException">The ledger does not hold what it said it committed.</exception>
    public async Task<PairedRates> RunAsync(int rounds, CancellationToken cancel)
    {
        await RoundAsync(-2, cancel);
        _connection = await _cluster.OpenAsync(Sample, cancel);
        _rows = BarePostgreSql.ReadRows(_connection);
        var expected = _batches.Sum(batch => batch.Batch.Count);
        if (_rows.Count != expected)
        {
            throw new CampaignException($"The ledger holds {_rows.Count} of {expected} entries.");
        }

        return PairedRates.Measure(
            rounds, round => RoundAsync(round, cancel).GetAwaiter().GetResult(), _ => AppendBare());
    }

    /// <summary>Appends the rows bare; rows per second. After <see cref="RunAsync"/>.</summary>
    public double AppendBare() => BarePostgreSql.Append(
        _connection ?? throw new InvalidOperationException("Nothing was measured yet."), _rows,
        LedgerAppendBench.RowsPerTransaction);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string NameOf(int round) => string.Create(CultureInfo.InvariantCulture, $"round{round + 2}");

    private async Task<double> RoundAsync(int round, CancellationToken cancel)
    {
        await _cluster.MakeDatabaseAsync(NameOf(round), cancel);
        File.Delete(Path.Combine(_data, PayerKey.FileName));
        await using var host = FleetServiceHost.Build(BenchFleet.Settings(_data, _cluster.Settings(NameOf(round))));
        await BenchFleet.ImportCatalogueAsync(host.Services);
        return await LedgerAppendBench.CommitAsync(host.Services.GetRequiredService<LedgerWriter>(), _batches);
    }
}
