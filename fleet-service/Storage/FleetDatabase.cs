using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Storage;

/// <summary>
/// The fleet service's database: opened, checked and migrated before anybody gets it. Hands out connections and keeps
/// the process's writers in one queue. Thread-safe; the connections it hands out are not.
/// </summary>
internal sealed class FleetDatabase : IDisposable
{
    private readonly IDatabaseEngine _engine;

    // Flows into whatever the fenced work calls and starts, and nowhere else.
    private readonly AsyncLocal<IWriteFence?> _fence = new();

    private readonly DatabaseOutage _outage;

    private FleetDatabase(IDatabaseEngine engine, TimeProvider time, ILogger<FleetDatabase> log) =>
        (_engine, _outage, Writers) = (engine, new(engine.Name, time, log), new(time));

    /// <summary>The queue of the process's writers. Hold a turn for every transaction that writes.</summary>
    public WriterGate Writers { get; }

    /// <summary>What messages call the database.</summary>
    public string Name => _engine.Name;

    /// <summary>True when other services may work on the same database.</summary>
    public bool IsShared => _engine.IsShared;

    /// <summary>
    /// Opens the database (a file is made when absent), checks it and applies the program's missing migrations.
    /// </summary>
    /// <exception cref="StorageException">It is damaged, newer than the program, or cannot be opened.</exception>
    public static FleetDatabase Open(StorageOptions options, TimeProvider time, ILogger<FleetDatabase> log) =>
        Open(options, Migration.FromAssembly(typeof(FleetDatabase).Assembly, options.Engine), time, log);

    /// <summary>Opens the database and applies the given migrations.</summary>
    /// <exception cref="StorageException">It is damaged, newer than the program, or cannot be opened.</exception>
    public static FleetDatabase Open(
        StorageOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<FleetDatabase> log) =>
        new(options.Engine == StorageEngine.PostgreSql
            ? PostgreSqlEngine.Open(options, migrations, time, log)
            : SqliteEngine.Open(options, migrations, time, log), time, log);

    /// <summary>
    /// Opens the database only to read, whether services run on it or not: no check, no migration, nothing made.
    /// </summary>
    /// <exception cref="StorageException">There is none.</exception>
    /// <exception cref="System.Data.Common.DbException">It cannot be opened.</exception>
    public static FleetDatabase OpenToRead(StorageOptions options) => new(
        options.Engine == StorageEngine.PostgreSql ? PostgreSqlEngine.Reach(options) : SqliteEngine.Reach(options),
        TimeProvider.System, NullLogger<FleetDatabase>.Instance);

    /// <summary>
    /// An open connection that may write. Hold a turn of <see cref="Writers"/> while a transaction is open on it.
    /// </summary>
    public FleetConnection OpenWriter()
    {
        var connection = Answering(_engine.OpenWriter);
        connection.Fence = _fence.Value;
        return connection;
    }

    /// <summary>An open connection that can only read; any write on it fails.</summary>
    public FleetConnection OpenReader() => Answering(_engine.OpenReader);

    /// <summary>
    /// True for an error that says no more than that the database does not answer. That is told once in the log, by
    /// whomever it is met first; work that is tried again need not tell it too.
    /// </summary>
    public bool IsAway(Exception error)
    {
        if (!PostgreSqlEngine.IsAway(error))
        {
            return false;
        }

        _outage.Note(error);
        return true;
    }

    /// <summary>
    /// Waits for the turn to write and runs <paramref name="work"/> in one transaction that keeps other writers out:
    /// committed (and durable) when it returns, undone when it throws. The work runs synchronously on the calling
    /// thread.
    /// </summary>
    public async Task<T> WriteAsync<T>(
        Func<FleetConnection, FleetTransaction, T> work, CancellationToken cancellationToken = default)
    {
        using var turn = await Writers.EnterAsync(cancellationToken);
        using var connection = OpenWriter();
        using var transaction = connection.BeginWrite();
        var result = work(connection, transaction);
        transaction.Commit();
        return result;
    }

    /// <summary>Runs work whose writing transactions all stand behind a fence.</summary>
    public async Task FencedAsync(IWriteFence fence, Func<Task> work)
    {
        _fence.Value = fence;
        await work();
    }

    /// <summary>Does what the engine needs now and then.</summary>
    public void KeepUp() => _engine.KeepUp();

    /// <summary>
    /// Copies the database, as it is at one moment, to a new file; writers go on meanwhile. The copy appears under
    /// its name only when it is whole and checked.
    /// </summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    /// <exception cref="StorageException">The copy did not pass the check.</exception>
    public void BackupTo(string path) => _engine.BackupTo(path);

    /// <summary>
    /// True for errors that come from the values: a constraint, a type, a size. Everything else (disk full, I/O, busy)
    /// is infrastructure.
    /// </summary>
    public static bool IsDataError(Exception error) =>
        SqliteEngine.IsDataError(error) || PostgreSqlEngine.IsDataError(error);

    /// <summary>What went wrong, in one line of either engine's words.</summary>
    public static string WordsOf(System.Data.Common.DbException error) =>
        PostgreSqlEngine.WordsOf(error) ?? error.Message;

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    private FleetConnection Answering(Func<FleetConnection> open)
    {
        var connection = open();
        _outage.Over();
        return connection;
    }
}
