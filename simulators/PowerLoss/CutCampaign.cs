namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// Runs a program on power-loss disks, cuts the power at seeded events, and counts what answered items are missing and
/// what is half. Equal options give equal cuts as long as the program itself does the same I/O each time.
/// </summary>
internal sealed class CutCampaign<TItem>
    where TItem : notnull
{
    // A quarter of the cuts falls early, where recovery and the birth of files happen.
    private const int EarlyEvents = 40;
    private const int EarlyOneIn = 4;
    private const int SeedStride = 1_000_003;

    private readonly CutCampaignOptions<TItem> _options;

    /// <summary>Prepares a campaign.</summary>
    public CutCampaign(CutCampaignOptions<TItem> options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LivesPerRound, 1);
        _options = options;
    }

    /// <summary>Runs all rounds, one after the other.</summary>
    /// <param name="progress">Told the sum so far after each round; may be null.</param>
    /// <param name="stop">Stops between two rounds; the report so far is returned.</param>
    public async Task<CutCampaignReport> RunAsync(
        IProgress<CutCampaignReport>? progress = null, CancellationToken stop = default)
    {
        long eventsPerLife = await MeasureLifeAsync();
        CutCampaignReport total = new();
        for (int round = 0; round < _options.Rounds && !stop.IsCancellationRequested; round++)
        {
            total = total.Plus(await RunRoundAsync(round, eventsPerLife));
            progress?.Report(total);
        }

        return total;
    }

    /// <summary>Repeats a single round, such as that of a finding.</summary>
    /// <param name="round">The round's number, from 0.</param>
    public async Task<CutCampaignReport> RunRoundAsync(int round) =>
        await RunRoundAsync(round, await MeasureLifeAsync());

    /// <summary>Events of an uncut life from an empty folder: the range from which the cuts are drawn.</summary>
    private async Task<long> MeasureLifeAsync()
    {
        string folder = Path.Combine(_options.Folder, "measure");
        using PowerLossDisk disk = new(folder);
        LifeEnd<TItem> end = await CutLife<TItem>.LiveAsync(disk, cutAt: 0, _options.Workload);
        Directory.Delete(folder, recursive: true);
        return end.Failure is null && end.Events > 0
            ? end.Events
            : throw new InvalidOperationException($"The workload does nothing on the disk: {end.Failure}");
    }

    private async Task<CutCampaignReport> RunRoundAsync(int round, long eventsPerLife)
    {
        Random chance = new(unchecked(_options.Seed * SeedStride + round));
        string roundFolder = Path.Combine(_options.Folder, $"round-{round}");
        HashSet<TItem> expected = [];
        CutCampaignReport report = new() { Rounds = 1 };
        for (int life = 0; life < _options.LivesPerRound; life++)
        {
            long range = chance.Next(EarlyOneIn) == 0 ? Math.Min(EarlyEvents, eventsPerLife) : eventsPerLife;
            long cutAt = chance.NextInt64(range) + 1;
            CutPlan plan = CutPlan.FromSeed(chance.Next());
            string after = Path.Combine(roundFolder, $"life-{life + 1}");

            LifeEnd<TItem> end;
            using (PowerLossDisk disk = new(Path.Combine(roundFolder, $"life-{life}")))
            {
                end = await CutLife<TItem>.LiveAsync(disk, cutAt, _options.Workload);
                disk.Cut(plan, after);
            }

            expected.UnionWith(end.Answered);
            Survivors<TItem> survivors = Verify(Copy(after, $"{after}-check"));
            CutCampaignReport judged = Judge(
                end, survivors, expected, what => new CutFinding(round, life, end.Moment, plan, what));
            report = report.Plus(judged);
            if (judged.Damaged > 0)
            {
                break;
            }

            expected.IntersectWith(survivors.Items);
        }

        if (report.IsClean || !_options.KeepsFoldersOfFindings)
        {
            Directory.Delete(roundFolder, recursive: true);
        }

        return report;
    }

    /// <summary>What cannot be read is lost, whatever way the reading failed.</summary>
    private Survivors<TItem> Verify(string folder)
    {
        try
        {
            return _options.Verify(folder);
        }
        catch (Exception exception)
        {
            return new(new HashSet<TItem>(), 0, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static CutCampaignReport Judge(
        LifeEnd<TItem> end, Survivors<TItem> survivors, HashSet<TItem> expected, Func<string, CutFinding> finding)
    {
        List<TItem> lost = [.. expected.Where(item => !survivors.Items.Contains(item))];
        List<CutFinding> findings = [];
        if (end.Failure is not null)
        {
            findings.Add(finding($"the program {end.Failure}"));
        }

        if (survivors.Damage is not null)
        {
            findings.Add(finding($"damaged: {survivors.Damage}"));
        }

        if (survivors.HalfItems > 0)
        {
            findings.Add(finding($"{survivors.HalfItems} half items"));
        }

        if (lost.Count > 0)
        {
            findings.Add(finding($"{lost.Count} answered items lost, the first is {lost[0]}"));
        }

        return new CutCampaignReport
        {
            Cuts = 1,
            CutsInSync = end.Moment?.Kind is DiskEventKind.SyncStarted or DiskEventKind.DirectorySyncStarted ? 1 : 0,
            Answered = end.Answered.Count,
            LostAnswered = lost.Count,
            HalfItems = survivors.HalfItems,
            Damaged = end.Failure is null && survivors.Damage is null ? 0 : 1,
            Findings = findings,
        };
    }

    private static string Copy(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return Directory.CreateDirectory(to).FullName;
    }
}
