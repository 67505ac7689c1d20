using System.Diagnostics;
using System.Threading.Channels;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KioskFleet.Simulators.Bench;

/// <summary>How large a ledger of <c>bench compliance</c> is.</summary>
/// <param name="Cabinets">Its cabinets.</param>
/// <param name="SalesPerCabinet">Sales of each.</param>
/// <param name="Days">Days over which they sell.</param>
/// <param name="Seed">Seed of the sales.</param>
internal sealed record BenchLedgerSize(int Cabinets, int SalesPerCabinet, int Days, int Seed);

/// <summary>
/// A ledger made by the product's own writer from signed batches, with the service's modules around it; none of them
/// runs. Its present moment is the end of its last day.
/// </summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    private const int SalesPerBatch = 500;
    private const int EntriesPerGroup = 10_000;
    private const int Operators = 40;
    private const int RegisterAtOnce = 5_000;
    private const long DayMs = 86_400_000;

    private readonly FleetServiceHost _host;
    private readonly BenchLedgerSize _size;
    private readonly Action<string> _progress;

    private BenchLedger(FleetServiceHost host, BenchLedgerSize size, Action<string> progress)
    {
        _host = host;
        _size = size;
        _progress = progress;
    }

    /// <summary>The service's modules.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The database.</summary>
    public FleetDatabase Database => Services.GetRequiredService<FleetDatabase>();

    /// <summary>The catalogue in force.</summary>
    public CurrentCatalogue Catalogue => Services.GetRequiredService<CurrentCatalogue>();

    /// <summary>Sales in it.</summary>
    public long Sales => (long)_size.Cabinets * _size.SalesPerCabinet;

    /// <summary>Sales of the SKU that is corrected.</summary>
    public long SalesOfCorrectedSku { get; private set; }

    /// <summary>Seconds that the batches took, from signing to commit.</summary>
    public double Seconds { get; private set; }

    /// <summary>The end of its last day, Unix milliseconds UTC.</summary>
    public long NowUtcMs => BenchSales.StartUtcMs + _size.Days * DayMs;

    /// <summary>Seconds that the cabinets' registration took.</summary>
    public double RegisterSeconds { get; private set; }

    /// <summary>The database's size with everything but the sales.</summary>
    public long BytesBeforeSales { get; private set; }

    /// <summary>The database's size now.</summary>
    public long Bytes()
    {
        using var connection = Database.OpenReader();
        return Database.IsShared
            ? connection.Query("SELECT pg_database_size(current_database())", row => row.Long(0))[0]
            : new FileInfo(Database.Name).Length;
    }

    /// <summary>Makes a ledger in a folder of its own.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="size">How large.</param>
    /// <param name="progress">Told of steps.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="storage">Settings of another engine, <c>Section:Name=VALUE</c>.</param>
    public static async Task<BenchLedger> BuildAsync(
        string directory, BenchLedgerSize size, Action<string> progress, CancellationToken ct,
        IReadOnlyList<string>? storage = null)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(BenchSales.StartUtcMs + size.Days * DayMs - 1);
        var host = FleetServiceHost.Build(BenchFleet.Settings(directory, storage), services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FixedTime(now)));
            services.Replace(ServiceDescriptor.Singleton(new CurrentCatalogue(BenchCatalogue.Snapshot(1, null))));
        });
        var ledger = new BenchLedger(host, size, progress);
        try
        {
            await ledger.FillAsync(ct);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task FillAsync(CancellationToken ct)
    {
        var pace = Math.Max(1, _size.Days * DayMs / _size.SalesPerCabinet);
        var journals = Enumerable.Range(0, _size.Cabinets).AsParallel().AsOrdered()
            .Select(i => new BenchJournal(CabinetId.Parse($"KF{i:000000}"), i, _size.Seed, pace)).ToList();
        try
        {
            var registering = Stopwatch.GetTimestamp();
            await RegisterAsync(journals, ct);
            RegisterSeconds = Stopwatch.GetElapsedTime(registering).TotalSeconds;
            BytesBeforeSales = Bytes();
            var started = Stopwatch.GetTimestamp();
            var groups = Channel.CreateBounded<VerifiedBatch[]>(4);
            await Task.WhenAll(SignAsync(journals, groups.Writer, ct), CommitAsync(groups.Reader, ct));
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await HearAsync(journals, ct);
            SalesOfCorrectedSku = journals.Sum(j => j.OfCorrectedSku);
        }
        finally
        {
            journals.ForEach(j => j.Dispose());
        }
    }

    private async Task RegisterAsync(List<BenchJournal> journals, CancellationToken ct)
    {
        var counties = Services.GetRequiredService<PlacesDataSet>().Counties;
        foreach (var chunk in journals.Index().Chunk(RegisterAtOnce))
        {
            _progress($"registering cabinets: {chunk[0].Index:N0} of {_size.Cabinets:N0}");
            await Database.WriteAsync((connection, _) =>
            {
                foreach (var (i, journal) in chunk)
                {
                    FleetStore.Insert(connection, journal.Cabinet, new AssignmentModel(0, $"op{i % Operators}",
                        counties[i % counties.Length].Code, $"站点{i}", "school", 0, null), 0);
                    FleetStore.AddKey(connection, journal.Cabinet, journal.Signer.PublicKey, 0);
                    FleetStore.SetLife(connection, journal.Cabinet, CabinetLife.Active, null, 0);
                }

                return chunk.Length;
            }, ct);
        }

        Services.GetRequiredService<FleetRegister>().Load();
    }

    /// <summary>Batches of all cabinets in the order of time, many at once.</summary>
    private async Task SignAsync(
        List<BenchJournal> journals, ChannelWriter<VerifiedBatch[]> groups, CancellationToken ct)
    {
        var register = Services.GetRequiredService<FleetRegister>().Current;
        await Task.Yield();
        try
        {
            for (var done = 0; done < _size.SalesPerCabinet; done += SalesPerBatch)
            {
                var sales = Math.Min(SalesPerBatch, _size.SalesPerCabinet - done);
                foreach (var chunk in journals.Chunk(Math.Max(1, EntriesPerGroup / sales)))
                {
                    var made = new VerifiedBatch[chunk.Length];
                    Parallel.For(0, chunk.Length, i => made[i] = register.TryGet(chunk[i].Cabinet, out var model)
                        ? chunk[i].Next(sales, model)
                        : throw new InvalidOperationException($"Cabinet {chunk[i].Cabinet} was not registered."));
                    await groups.WriteAsync(made, ct);
                }
            }
        }
        finally
        {
            groups.TryComplete();
        }
    }

    private async Task CommitAsync(ChannelReader<VerifiedBatch[]> groups, CancellationToken ct)
    {
        var writer = Services.GetRequiredService<LedgerWriter>();
        var (committed, told) = (0L, Stopwatch.GetTimestamp());
        await foreach (var group in groups.ReadAllAsync(ct))
        {
            foreach (var outcome in await writer.CommitAsync(group, ct))
            {
                committed += outcome is CommitOutcome.Committed done
                    ? done.Appended
                    : throw new InvalidOperationException($"The ledger answered {outcome}.");
            }

            if (Stopwatch.GetElapsedTime(told).TotalSeconds >= 5)
            {
                told = Stopwatch.GetTimestamp();
                _progress($"committing sales: {committed:N0} of {Sales:N0}");
            }
        }
    }

    private async Task HearAsync(List<BenchJournal> journals, CancellationToken ct)
    {
        using var turn = await Database.Writers.EnterAsync(ct);
        using var session = new LedgerSession(Database);
        session.Begin();
        foreach (var journal in journals)
        {
            HelloBook.Hear(session, journal.Hello(NowUtcMs), NowUtcMs);
        }

        session.Commit();
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
