using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Crash;

/// <summary>A backup of the ledger.</summary>
/// <param name="Path">The database file; made by copying when the service was stopped, else by its command.</param>
/// <param name="ByCommand">True when the service's own command made it.</param>
internal sealed record LedgerBackup(string Path, bool ByCommand);

/// <summary>
/// Everything a campaign runs: service, cabinets, loads, and the books about them. Owns the processes; whatever way it
/// is disposed, none of them is left. Driven by one caller at a time.
/// </summary>
internal sealed class CrashWorld : IAsyncDisposable
{
    private const string County = "341122";
    private readonly CancellationTokenSource _loadEnds = new();
    private Task _loading = Task.CompletedTask;

    /// <summary>Prepares; nothing runs yet.</summary>
    public CrashWorld(CrashOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Service = new ServiceUnderTest(options.Folder);
        Cabinets = [.. Enumerable.Range(1, options.Agents).Select(
            number => new CabinetUnderTest(
                $"cabinet-{number}", options.Folder, Service.Address, Service.BrokerPort, time))];
        Loads = [.. Cabinets.Select((cabinet, index) => new CabinetLoad(
            cabinet.Name, cabinet.Address, Book, unchecked(options.Seed * 1_009 + (ulong)index)))];
        Ledger = new LedgerFile(Service.DatabasePath, Path.Combine(options.Folder, "scratch"));
    }

    /// <summary>The settings.</summary>
    public CrashOptions Options { get; }

    /// <summary>Time for waiting.</summary>
    public TimeProvider Time { get; }

    /// <summary>The service.</summary>
    public ServiceUnderTest Service { get; }

    /// <summary>The cabinets.</summary>
    public IReadOnlyList<CabinetUnderTest> Cabinets { get; }

    /// <summary>The load of each cabinet.</summary>
    public IReadOnlyList<CabinetLoad> Loads { get; }

    /// <summary>What was sent and answered.</summary>
    public AnswerBook Book { get; } = new();

    /// <summary>Which answered records have a copy left.</summary>
    public CopyAccount Copies { get; } = new();

    /// <summary>The ledger's file.</summary>
    public LedgerFile Ledger { get; }

    /// <summary>Backups of the ledger, newest first; the last one was made before any cabinet enrolled.</summary>
    public List<LedgerBackup> Backups { get; } = [];

    /// <summary>A folder name that was not used before.</summary>
    public string FreshFolder(string purpose)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(Options.Folder, purpose, $"{number}");
            if (!Directory.Exists(path))
            {
                return Directory.CreateDirectory(path).FullName;
            }
        }
    }

    /// <summary>Starts the service, registers and enrols the cabinets, starts agents and load.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await Service.StartAsync(cancel);
        using (var api = new FleetApi(Service.Address, Service.AdminToken))
        {
            await api.RegisterAsync([.. Cabinets.Select(cabinet => new LoadCabinet
            {
                Id = CabinetId.Parse(cabinet.Name),
                County = CountyCode.Parse(County),
                Row = County,
                Events = static () => [],
            })], cancel);
            var tokens = new List<string>();
            foreach (var cabinet in Cabinets)
            {
                tokens.Add(await api.MakeTokenAsync(CabinetId.Parse(cabinet.Name), cancel));
            }

            await BackUpAsync(byCommand: true);
            await Task.WhenAll(Cabinets.Select((cabinet, index) => cabinet.EnrolAsync(tokens[index], cancel)));
        }

        await MendAsync(cancel);
        _loading = Task.WhenAll(Loads.Select(load => load.RunAsync(Time, _loadEnds.Token)));
    }

    /// <summary>Makes every link good and starts whatever does not run.</summary>
    public async Task MendAsync(CancellationToken cancel)
    {
        foreach (var cabinet in Cabinets)
        {
            cabinet.Link.Faults = Faults.LinkFaults.None;
        }

        await Task.WhenAll([Service.StartAsync(cancel), .. Cabinets.Select(cabinet => cabinet.StartAsync(cancel))]);
    }

    /// <summary>
    /// Makes a backup of the ledger: by the service's command, or by copying the files of a stopped service.
    /// </summary>
    public async Task BackUpAsync(bool byCommand)
    {
        var path = Path.Combine(FreshFolder("backups"), "fleet.db");
        if (byCommand)
        {
            var (code, output) = await Service.RunCommandAsync("backup", path);
            if (code != 0)
            {
                throw new CampaignException($"The backup failed: {output}");
            }
        }
        else
        {
            foreach (var suffix in (string[])["", "-wal"])
            {
                if (File.Exists(Service.DatabasePath + suffix))
                {
                    File.Copy(Service.DatabasePath + suffix, path + suffix);
                }
            }
        }

        Backups.Insert(0, new LedgerBackup(path, byCommand));
        if (Backups.Count > CrashLimits.KeptBackups + 1)
        {
            var oldest = Backups[^2];
            Backups.Remove(oldest);
            Directory.Delete(Path.GetDirectoryName(oldest.Path)!, recursive: true);
        }
    }

    /// <summary>Ends the load.</summary>
    public async Task EndLoadAsync()
    {
        await _loadEnds.CancelAsync();
        await _loading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loadEnds.CancelAsync();
        foreach (var cabinet in Cabinets)
        {
            await cabinet.DisposeAsync();
        }

        await Service.DisposeAsync();
        await _loading;
        foreach (var load in Loads)
        {
            load.Dispose();
        }

        _loadEnds.Dispose();
    }
}
