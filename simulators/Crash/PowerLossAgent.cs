using System.Globalization;
using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.PowerLoss;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// The agent's real journal and vend flow on a power-loss disk: sells, gives back, lets the service's word move the
/// committed mark, and begins successors. Each life goes on with the disk that the last cut left. One life at a time.
/// </summary>
internal sealed class PowerLossAgent(JournalSync sync)
{
    private const int StepsPerLife = 24;
    private const int SuccessionAt = 15;

    private readonly LifeClock _clock = new();
    private int _number;

    /// <summary>One life, until its end or the cut. Answers the ids of what was recorded.</summary>
    public Task LiveAsync(PowerLossDisk disk, Action<string> answered, CancellationToken powerLost)
    {
        var options = Options(disk.Folder) with { Vfs = disk.VfsName, Synchronous = sync };
        var store = JournalStore.Open(options, _clock, NullLogger<JournalStore>.Instance);
        try
        {
            var flow = Flow(store);
            for (var step = 0; step < StepsPerLife && !powerLost.IsCancellationRequested; step++)
            {
                Step(store, flow, step, answered);
            }
        }
        finally
        {
            LetGo(store, options.JournalsDirectory);
        }

        return Task.CompletedTask;
    }

    /// <summary>What a folder holds after a cut, as the agent itself finds it when it starts again.</summary>
    public Survivors<string> Verify(string folder)
    {
        var options = Options(folder);
        using var store = JournalStore.Open(options, _clock, NullLogger<JournalStore>.Instance);
        var items = new HashSet<string>(StringComparer.Ordinal);
        var half = 0;
        foreach (var file in store.Closed)
        {
            half += file.Verify().IsWhole ? 0 : 1;
            items.UnionWith(IdsOf(file));
        }

        // A journal that is written never holds an id twice: what it carries over replaces its predecessor's tail.
        var current = IdsOf(store.Current).ToList();
        half += store.Current.Verify().IsWhole ? 0 : 1;
        half += current.Count - current.Distinct().Count();
        items.UnionWith(current);
        var setAside = Directory.GetFiles(options.JournalsDirectory, "*.corrupt-*");
        return new Survivors<string>(
            items, half, setAside.Length == 0 ? null : $"{setAside.Length} files were set aside as damaged");
    }

    private static JournalOptions Options(string folder) => new()
    {
        DataDirectory = folder,
        MinFreeBytes = 1L << 20,
        BytesPerApproval = 64 * 1024,
        ReservedApprovals = 1,
    };

    private static IEnumerable<string> IdsOf(JournalFile file)
    {
        var after = file.Facts.OldestRetainedSeq - 1;
        while (file.Read(after, 500, int.MaxValue) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                EntryCodec.TryDecode(entry.Bytes.Span, out _, out var body, out _);
                var id = body switch
                {
                    SaleBody sale => sale.VendId,
                    RefundBody refund => refund.RefundNumber,
                    NonSaleBody nonSale => nonSale.VendId,
                    _ => null,
                };
                if (id is not null)
                {
                    yield return id;
                }
            }

            after = entries[^1].Seq;
        }
    }

    private void Step(JournalStore store, VendFlow flow, int step, Action<string> answered)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"item-{++_number:D8}");
        if (step % 3 == 0)
        {
            flow.RequestVend(new VendRequest(id, "A1", "SKU-001", 500));
        }

        var line = new SaleLine("A1", "SKU-001", "霍山石斛 20g", 1, 500, 500);
        var recorded = (step % 7) switch
        {
            5 => flow.NonSale(new NonSaleReport(
                id, NonSalePurpose.Test, [new NonSaleLine("A1", "SKU-001", "test", 1, 500)], "")),
            _ => flow.Delivered(new DeliveredReport(id, [line], new Payment(PaymentMethod.WeChat, id, id))),
        };
        Answer(recorded, id, answered);
        if (step % 5 == 4)
        {
            var number = $"{id}-back";
            Answer(flow.Refund(new RefundReport(number, new SaleReference.ByVendId(id), 0, 100, 0, "", "")),
                number, answered);
        }

        if (step % 4 == 3 && store.Current.Facts is { Tail.Seq: > 2 } facts)
        {
            store.Current.MoveCommitted(store.Current.HeadAt(facts.Tail.Seq - 2)!.Value);
        }

        if (step == SuccessionAt)
        {
            store.BeginSuccessor(SuccessionReason.Fork, "power-loss campaign");
        }
    }

    private static void Answer(RecordAnswer answer, string id, Action<string> answered)
    {
        if (answer is RecordAnswer.Recorded)
        {
            answered(id);
        }
    }

    /// <summary>
    /// Closes the files. A machine without power writes nothing more, so what the closing itself writes beside the
    /// databases is taken back.
    /// </summary>
    private static void LetGo(JournalStore store, string folder)
    {
        var before = Directory.GetFiles(folder, "*.committed").ToDictionary(path => path, File.ReadAllBytes);
        store.Dispose();
        foreach (var path in Directory.GetFiles(folder, "*.committed"))
        {
            if (before.TryGetValue(path, out var content))
            {
                File.WriteAllBytes(path, content);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private VendFlow Flow(JournalStore store)
    {
        // No config ever comes: the file of one would lie outside the disk that loses its power.
        var configs = new ConfigDesk(store, store.Current.Path + "-none", NullLogger<ConfigDesk>.Instance);
        var share = new ShareBook(store, _clock, configs, NullLogger<ShareBook>.Instance);
        return new VendFlow(store, share, null, new VendingOptions(), store.Space, NullLogger<VendFlow>.Instance);
    }

    /// <summary>A clock that goes on with every look: the same reads give the same times.</summary>
    private sealed class LifeClock : BootClock
    {
        private const long StartUtcMs = 1_600_000_000_000;
        private long _reads;

        public override BootId Boot { get; } = BootId.Parse("000102030405060708090a0b0c0d0e0f");

        public override long MonotonicMs => 100 * Interlocked.Increment(ref _reads);

        public override long WallUtcMs => StartUtcMs + 100 * Interlocked.Read(ref _reads);
    }
}

/// <summary>Runs the power-loss part of a crash campaign: FULL, and OFF as the control.</summary>
internal static class PowerLossPart
{
    private const int LeastOffRounds = 10;

    /// <summary>Runs both; null when no rounds are wanted.</summary>
    public static async Task<PowerLossReport?> RunAsync(
        CrashOptions options, TextWriter progress, CancellationToken cancel)
    {
        if (options.PowerLossRounds == 0)
        {
            return null;
        }

        var full = await RunAsync(JournalSync.Full, options.PowerLossRounds, options, cancel);
        await progress.WriteLineAsync(
            $"power loss, FULL: {full.Cuts} cuts, {full.Answered} answered, {full.Lost} lost");
        var off = await RunAsync(
            JournalSync.Off, Math.Max(LeastOffRounds, options.PowerLossRounds / 10), options, cancel);
        await progress.WriteLineAsync(
            $"power loss, OFF (must lose): {off.Cuts} cuts, {off.Answered} answered, {off.Lost} lost");
        return new PowerLossReport(full, off);
    }

    /// <summary>Runs one campaign.</summary>
    public static async Task<PowerLossFigures> RunAsync(
        JournalSync sync, int rounds, CrashOptions options, CancellationToken cancel)
    {
        var agent = new PowerLossAgent(sync);
        var campaign = new CutCampaign<string>(new CutCampaignOptions<string>
        {
            Workload = agent.LiveAsync,
            Verify = agent.Verify,
            Folder = Directory.CreateDirectory(Path.Combine(options.Folder, $"power-{sync}")).FullName,
            Rounds = rounds,
            Seed = unchecked((int)options.Seed),
        });
        var report = await campaign.RunAsync(null, cancel);
        cancel.ThrowIfCancellationRequested();
        return new PowerLossFigures(report.Rounds, report.Cuts, report.Answered, report.LostAnswered, report.HalfItems,
            report.Damaged, [.. report.Findings.Take(3).Select(finding => finding.ToString())]);
    }
}
