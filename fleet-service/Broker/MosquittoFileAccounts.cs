using System.Threading.Channels;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Keeps cabinets' accounts in Mosquitto's password file and access list. The files are always written whole from the
/// committed register, so a call says only that they must be: calls that wait share one writing. Whatever went wrong is
/// made up for by the next look at the register. Thread-safe.
/// </summary>
internal sealed class MosquittoFileAccounts : BackgroundService, ICabinetAccounts, IChangeFollower
{
    private readonly FleetDatabase _database;
    private readonly ExternalBrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<MosquittoFileAccounts> _log;
    private readonly MosquittoFolder _folder;
    private readonly BrokerReload _reload;
    private readonly SemaphoreSlim _turn = new(1);

    // One waiting signal stands for any number of changes.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _asked;
    private long _done;
    private bool _isReloadDue;
    private string? _ownHash;

    /// <summary>Makes the accounts of the configured folder.</summary>
    public MosquittoFileAccounts(
        FleetDatabase database, IOptions<BrokerOptions> options, TimeProvider time, ILogger<MosquittoFileAccounts> log)
    {
        (_database, _options, _time, _log) = (database, options.Value.External, time, log);
        _folder = new MosquittoFolder(_options.Files.Directory);
        _reload = new BrokerReload(_options.Files, time);
    }

    /// <inheritdoc/>
    public string Topic => "credentials";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys) => ReloadAll();

    /// <inheritdoc/>
    public void ReloadAll() => _wake.Writer.TryWrite(true);

    /// <inheritdoc/>
    public Task SetAsync(CabinetId cabinet, string password, CancellationToken ct) => WriteAsync(ct);

    /// <inheritdoc/>
    public Task RemoveAsync(CabinetId cabinet, CancellationToken ct) => WriteAsync(ct);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    /// <summary>
    /// Why the service's password cannot be right: the users' file has another one for its account, which services that
    /// run now use. Null when it has none, or the same.
    /// </summary>
    /// <exception cref="IOException">One of the files cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static string? OtherPassword(ExternalBrokerOptions external, string folder) =>
        new MosquittoFolder(folder).HashOf(external.UserName) is { } hash
            && !MosquittoPassword.Fits(hash, File.ReadAllText(external.PasswordFile).Trim())
            ? $"Broker:External:PasswordFile: got '{external.PasswordFile}', whose password is not the one of "
                + $"'{external.UserName}' in {Path.Combine(folder, MosquittoFiles.UsersName)}, which other services "
                + "may be using. Take the right file; to change the password, put it into every service's file and "
                + $"run 'broker-files --out {folder} --new-password'."
            : null;

    /// <summary>Reads the register's accounts, with the service's own from its password file.</summary>
    /// <param name="database">The register.</param>
    /// <param name="external">The service's user name and password file.</param>
    /// <param name="ownHash">A hash of the service's password from before; used again when it still fits.</param>
    public static (MosquittoFiles Files, string OwnHash) Read(
        FleetDatabase database, ExternalBrokerOptions external, string? ownHash)
    {
        var password = File.ReadAllText(external.PasswordFile).Trim();
        var own = ownHash is not null && MosquittoPassword.Fits(ownHash, password)
            ? ownHash
            : MosquittoPassword.Hash(password);
        using var connection = database.OpenReader();
        return (MosquittoFiles.Of((external.UserName, own), CabinetCredentials.MosquittoHashes(connection)), own);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var woken = _wake.Reader.ReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                BrokerLog.FilesFailed(_log, error, _folder.Path);
            }

            await Task.WhenAny(
                woken, Task.Delay(TimeSpan.FromSeconds(_options.Files.CheckSeconds), _time, stoppingToken));
            if (woken.IsCompletedSuccessfully)
            {
                woken = _wake.Reader.ReadAsync(stoppingToken).AsTask();
            }
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        var mine = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync(ct);
        try
        {
            // A writing that began after this call has read what this call's caller committed.
            if (Interlocked.Read(ref _done) >= mine)
            {
                return;
            }

            var covers = Interlocked.Read(ref _asked);
            await WriteNowAsync(ct);
            Interlocked.Exchange(ref _done, covers);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteNowAsync(CancellationToken ct)
    {
        try
        {
            (var files, _ownHash) = Read(_database, _options, _ownHash ?? _folder.HashOf(_options.UserName));
            if (_folder.Write(files))
            {
                BrokerLog.FilesWritten(_log, _folder.Path, files.Cabinets, files.WithoutHash.Count);
                _isReloadDue = true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerUnavailableException(
                $"Broker:External:Files:Directory '{_folder.Path}': {error.Message}", error);
        }

        if (_isReloadDue)
        {
            await _reload.RunAsync(ct);
            _isReloadDue = false;
        }
    }
}
