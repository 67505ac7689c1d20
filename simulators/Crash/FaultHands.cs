using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Faults;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Performs the actions of a round, and keeps the account of copies for those that take some away. Not thread-safe.
/// </summary>
internal sealed class FaultHands(CrashWorld world, List<string> wrong)
{
    private static readonly TimeSpan LateBy = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SellsOn = TimeSpan.FromMilliseconds(700);

    private readonly Chance _chance = new(world.Options.Seed, 0xF1A7);

    /// <summary>What was done.</summary>
    public FaultCounts Counts { get; } = new();

    /// <summary>Performs one action; what broke stays broken unless the action says otherwise.</summary>
    /// <returns>What was done, in words for the progress line.</returns>
    public async Task<string> PerformAsync(CrashAction action, CancellationToken cancel)
    {
        switch (action)
        {
            case CrashAction.KillAgent kill:
                await KillAsync(world.Cabinets[kill.Agent]);
                return $"kill -9 {world.Cabinets[kill.Agent].Name}";
            case CrashAction.KillService:
                Counts.Kills++;
                await world.Service.KillAsync();
                return "kill -9 service";
            case CrashAction.StopAgent stop:
                await StopAsync(world.Cabinets[stop.Agent]);
                return $"stop {world.Cabinets[stop.Agent].Name}";
            case CrashAction.StopService:
                await StopServiceAsync();
                return "stop service";
            case CrashAction.CutLink cut:
                return await CutAsync(world.Cabinets[cut.Agent], cut.Cut, cancel);
            case CrashAction.TakeImage take:
                return await TakeImageAsync(take.Agent, cancel);
            case CrashAction.RestoreImage restore:
                return await RestoreImageAsync(restore, cancel);
            case CrashAction.Corrupt corrupt:
                return await CorruptAsync(corrupt, cancel);
            case CrashAction.Backup backup:
                return await BackUpAsync(backup, cancel);
            case CrashAction.RestoreBackup restore:
                return await RestoreBackupAsync(restore, cancel);
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action.");
        }
    }

    private async Task KillAsync(CabinetUnderTest cabinet)
    {
        Counts.Kills++;
        await cabinet.KillAsync();
    }

    private async Task StopAsync(CabinetUnderTest cabinet)
    {
        Counts.Stops++;
        if (!await cabinet.StopAsync())
        {
            wrong.Add($"{cabinet.Name} did not end within {ServerLimits.StopTimeout.TotalSeconds} s of SIGTERM");
        }
    }

    private async Task StopServiceAsync()
    {
        Counts.Stops++;
        if (!await world.Service.StopAsync())
        {
            wrong.Add($"The service did not end within {ServerLimits.StopTimeout.TotalSeconds} s of SIGTERM");
        }
    }

    private async Task<string> CutAsync(CabinetUnderTest cabinet, LinkCut cut, CancellationToken cancel)
    {
        Counts.Cuts++;
        switch (cut)
        {
            case LinkCut.Drop:
                cabinet.Link.CutAll();
                break;
            case LinkCut.Dark:
                cabinet.Link.Faults = new LinkFaults { RefusesNew = true };
                cabinet.Link.CutAll();
                break;
            case LinkCut.Delay:
                cabinet.Link.Faults = new LinkFaults { Delay = LateBy };
                break;
            case LinkCut.HalfOpenUp:
                cabinet.Link.Faults = new LinkFaults { Swallows = LinkDirection.Up };
                break;
            case LinkCut.HalfOpenDown:
                cabinet.Link.Faults = new LinkFaults { Swallows = LinkDirection.Down };
                break;
            case LinkCut.Duplicate:
                await Intruder.VisitAsync(
                    cabinet.Disk.Folder, world.Service.BrokerPort, SellsOn, world.Time, cancel);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(cut), cut, "There is no such cut.");
        }

        return $"{cut} {cabinet.Name}";
    }

    private async Task<string> TakeImageAsync(int agent, CancellationToken cancel)
    {
        var cabinet = world.Cabinets[agent];
        await KillAsync(cabinet);
        await world.Loads[agent].PauseAsync();
        var folder = Path.Combine(world.FreshFolder("images"), cabinet.Name);
        cabinet.Disk.CopyTo(folder);
        cabinet.Images.Insert(0, new DiskImage(
            folder, world.Copies.ImageOf(world.Book.AllAnswered(cabinet.Name))));
        if (cabinet.Images.Count > CrashLimits.KeptImages)
        {
            Directory.Delete(cabinet.Images[^1].Folder, recursive: true);
            cabinet.Images.RemoveAt(cabinet.Images.Count - 1);
        }

        world.Loads[agent].Resume();
        await cabinet.StartAsync(cancel);
        return $"image of {cabinet.Name}";
    }

    private async Task<string> RestoreImageAsync(CrashAction.RestoreImage restore, CancellationToken cancel)
    {
        var cabinet = world.Cabinets[restore.Agent];
        await KillAsync(cabinet);
        if (cabinet.Images.Count == 0)
        {
            return $"kill -9 {cabinet.Name}";
        }

        Counts.Images++;
        await world.Loads[restore.Agent].PauseAsync();
        await Task.Delay(Quiet, world.Time, cancel);
        var image = cabinet.Images[Math.Min(restore.Older, cabinet.Images.Count - 1)];
        cabinet.Disk.ReplaceBy(image.Folder);
        var ledger = world.Ledger.Read(world.Service.IsRunning);
        world.Copies.ImageRestored(
            cabinet.Name, world.Book.AllAnswered(cabinet.Name), image.Holds, $"older image of {cabinet.Name}");
        world.Copies.Settle(ledger.Keys(), $"older image of {cabinet.Name}");
        var journal = cabinet.Disk.Pointer()?.Current ?? default;
        var forks = ledger.Journals.Any(known => known.Journal == journal && known.Head.Seq > cabinet.Disk.Tail().Seq)
            || ledger.Journals.Any(known => known.Predecessor == journal);

        // It sells on before it hears of the service: only so do two histories of the same numbers come to be.
        cabinet.Link.Faults = new LinkFaults { RefusesNew = true };
        await cabinet.StartAsync(cancel);
        world.Loads[restore.Agent].Resume();
        await Task.Delay(SellsOn, world.Time, cancel);
        await HealAsync(cabinet, cancel);
        if (forks && await HasFindingAsync(cabinet, journal, "fork", cancel))
        {
            Counts.ForksFound++;
        }

        return $"older image of {cabinet.Name}{(forks ? " (fork)" : "")}";
    }

    private async Task<string> CorruptAsync(CrashAction.Corrupt corrupt, CancellationToken cancel)
    {
        var cabinet = world.Cabinets[corrupt.Agent];
        await (corrupt.AfterKill ? KillAsync(cabinet) : StopAsync(cabinet));
        await world.Loads[corrupt.Agent].PauseAsync();
        await Task.Delay(Quiet, world.Time, cancel);
        var damage = cabinet.Disk.Overwrite(_chance);
        if (damage is not null)
        {
            Counts.Corruptions++;
            world.Copies.Overwritten(damage.Destroyed, $"overwritten page of {cabinet.Name}");
            world.Copies.Overwritten(damage.Unprovable, $"behind an overwritten page of {cabinet.Name}");
            var ledger = world.Ledger.Read(world.Service.IsRunning);
            world.Copies.Settle(ledger.Keys(), $"overwritten page of {cabinet.Name}");
        }

        await cabinet.StartAsync(cancel);
        world.Loads[corrupt.Agent].Resume();
        await HealAsync(cabinet, cancel);
        if (damage is { IsVisible: true } && await HasFindingAsync(cabinet, damage.Journal, "corruption", cancel))
        {
            Counts.CorruptionsFound++;
        }

        return damage is null ? $"nothing to corrupt at {cabinet.Name}"
            : $"page {damage.Page} of {cabinet.Name} overwritten ({damage.Destroyed.Count} records on it)";
    }

    private async Task<string> BackUpAsync(CrashAction.Backup backup, CancellationToken cancel)
    {
        if (!backup.Live)
        {
            await StopServiceAsync();
        }

        await world.BackUpAsync(backup.Live);
        await world.Service.StartAsync(cancel);
        return backup.Live ? "backup" : "backup by copying";
    }

    private async Task<string> RestoreBackupAsync(CrashAction.RestoreBackup restore, CancellationToken cancel)
    {
        Counts.Restores++;
        Counts.Kills++;
        var index = Math.Min(restore.Older, world.Backups.Count - 1);
        var backup = world.Backups[index];
        await world.Service.KillAsync();
        world.Service.RemoveDatabase();
        if (backup.ByCommand)
        {
            var (code, output) = await world.Service.RunCommandAsync("restore", backup.Path);
            if (code != 0)
            {
                throw new CampaignException($"The restore failed: {output}");
            }
        }
        else
        {
            foreach (var suffix in (string[])["", "-wal"])
            {
                if (File.Exists(backup.Path + suffix))
                {
                    File.Copy(backup.Path + suffix, world.Service.DatabasePath + suffix);
                }
            }
        }

        world.Copies.Settle(world.Ledger.Read(live: false).Keys(), "older backup of the ledger");
        await world.Service.StartAsync(cancel);
        return $"ledger from {(index == world.Backups.Count - 1 ? "the first backup" : $"backup {index}")}";
    }

    /// <summary>Makes everything good that a cabinet needs to reach the ledger.</summary>
    private async Task HealAsync(CabinetUnderTest cabinet, CancellationToken cancel)
    {
        cabinet.Link.Faults = LinkFaults.None;
        await Task.WhenAll(world.Service.StartAsync(cancel), cabinet.StartAsync(cancel));
    }

    /// <summary>Waits until the end of a journal is a finding that names its successor on the cabinet's disk.</summary>
    private async Task<bool> HasFindingAsync(
        CabinetUnderTest cabinet, JournalId journal, string what, CancellationToken cancel)
    {
        var started = world.Time.GetTimestamp();
        do
        {
            if (SuccessorOf(cabinet, journal) is { } successor && world.Ledger.Read(live: true).Findings
                .Any(finding => finding.Subject == $"{journal}>{successor}" && finding.Cabinet == cabinet.Name))
            {
                return true;
            }

            await Task.Delay(CrashLimits.PollInterval, world.Time, cancel);
        }
        while (world.Time.GetElapsedTime(started) < CrashLimits.FindingTimeout);
        wrong.Add($"The {what} of {cabinet.Name}, journal {journal}, became no finding;"
            + $" the agent says {await cabinet.StatusAsync()}");
        return false;
    }

    private static JournalId? SuccessorOf(CabinetUnderTest cabinet, JournalId journal)
    {
        if (cabinet.Disk.Pointer() is not { } pointer)
        {
            return null;
        }

        var line = pointer.Ended.Select(ended => ended.Id).Append(pointer.Current).ToList();
        var at = line.LastIndexOf(journal);
        return at >= 0 && at + 1 < line.Count ? line[at + 1] : null;
    }
}
