using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>Plays sales and faults by the seed's plan until faults end.</summary>
internal sealed class FaultDriver
{
    private const int MostBackups = 4;
    private const int MostImages = 6;
    private const int MostMachines = 4;

    private readonly SimulationWorld _world;
    private readonly List<CabinetDisk> _images = [];
    private readonly List<LedgerModel> _backups = [];
    private readonly int _weightSum;
    private int _reports;

    /// <summary>Makes the driver of a world.</summary>
    public FaultDriver(SimulationWorld world)
    {
        _world = world;
        _weightSum = world.Plan.FaultWeights.Sum();
        _backups.Add(world.Ledger.Copy(0));
    }

    /// <summary>Announced tails that an old image took back: each must lead to a finding.</summary>
    public List<(JournalId Journal, int Generation)> Announced { get; } = [];

    /// <summary>Begins.</summary>
    public void Start()
    {
        NextSale();
        NextFault();
    }

    private void NextSale() => _world.After(_world.Chance.Between(1, 2 * _world.Plan.SaleEveryMs), () =>
    {
        if (_world.NowMs < _world.Plan.FaultsEndMs)
        {
            Sell(_world.Chance.Pick(_world.Machines));
            NextSale();
        }
    });

    private void NextFault() => _world.After(_world.Chance.Between(1, 2 * _world.Plan.FaultEveryMs), () =>
    {
        if (_world.NowMs < _world.Plan.FaultsEndMs)
        {
            Play(Draw());
            NextFault();
        }
    });

    private void Sell(CabinetMachine machine)
    {
        if (machine.Powered && _world.Chance.PerMille(20))
        {
            machine.AppendSilently((seq, time) => EntryCodec.Encode(
                new EntryHeader((EntryKind)99, EntryMarks.None, 1, seq, time, null), [1, 2, 3]));
            return;
        }

        var kind = _world.Chance.Below(10) switch
        {
            0 => EntryKind.Refund,
            1 => EntryKind.NonSale,
            _ => EntryKind.Sale,
        };
        machine.Record(new Report(
            machine.Disk.Cabinet, kind, $"r{++_reports}", _world.Chance.Between(1, 5_000)));
    }

    private FaultKind Draw()
    {
        var drawn = _world.Chance.Below(_weightSum);
        for (var i = 0; i < _world.Plan.FaultWeights.Length; i++)
        {
            drawn -= _world.Plan.FaultWeights[i];
            if (drawn < 0)
            {
                return (FaultKind)i;
            }
        }

        return FaultKind.None;
    }

    private void Play(FaultKind kind)
    {
        var machine = _world.Chance.Pick(_world.Machines);
        switch (kind)
        {
            case FaultKind.CrashMachine:
                machine.Crash();
                break;
            case FaultKind.CutLink:
                machine.Cut(halfOpen: false);
                break;
            case FaultKind.HalfOpenLink:
                machine.Cut(halfOpen: true);
                break;
            case FaultKind.Retention:
                machine.Retain();
                break;
            case FaultKind.CrashReplica:
                _world.Chance.Pick(_world.Replicas).Crash();
                break;
            case FaultKind.ReportAgain when machine.Reported.Count > 0:
                machine.Record(machine.Reported[^_world.Chance.Between(1, Math.Min(8, machine.Reported.Count))]);
                break;
            case FaultKind.BackUpLedger:
                Keep(_backups, _world.Ledger.Copy(0), MostBackups);
                break;
            case FaultKind.RestoreLedger:
                RestoreLedger();
                break;
            case FaultKind.ImportExport:
                FillGaps([]);
                break;
            default:
                PlayOnDisk(kind, machine);
                break;
        }
    }

    private void PlayOnDisk(FaultKind kind, CabinetMachine machine)
    {
        switch (kind)
        {
            case FaultKind.TakeImage:
                Keep(_images, machine.Disk.Copy(), MostImages);
                break;
            case FaultKind.RestoreImage when Images(machine.Disk.Cabinet) is { Count: > 0 } images:
                RestoreImage(machine, _world.Chance.Pick(images).Copy());
                break;
            case FaultKind.CloneMachine when _images.Count > 0 && _world.Machines.Count < MostMachines:
                _world.Note("a clone starts");
                _world.AddMachine(_world.Chance.Pick(_images).Copy());
                break;
            case FaultKind.CorruptEntry when machine.Disk.Active.Entries.Count > 0:
                var entry = _world.Chance.Pick(machine.Disk.Active.Entries);
                _world.Note($"{machine.Name}: {_world.NameOf(machine.Disk.Active.Id)}/{entry.Seq} becomes unreadable");
                machine.Disk.Active.Corrupt(entry.Seq);
                _world.Truth.Destroyed();
                break;
            case FaultKind.LoseJournal:
                _world.Note($"{machine.Name} loses {_world.NameOf(machine.Disk.Active.Id)}");
                machine.LoseJournal();
                _world.Truth.Destroyed();
                break;
        }
    }

    private void RestoreLedger()
    {
        _world.RestoreLedger(_world.Chance.Pick(_backups));
        if (_world.Chance.PerMille(500))
        {
            _world.Machines.ForEach(machine => machine.Cut(halfOpen: false));
        }
    }

    private void RestoreImage(CabinetMachine machine, CabinetDisk image)
    {
        var tail = image.Active.FileTail.Seq;
        _world.Note($"{machine.Name} gets an old image, {_world.NameOf(image.Active.Id)} tail {tail}");
        machine.ReplaceDisk(image);
        _world.Truth.Destroyed();
        var journal = image.Active.Id;
        Announced.RemoveAll(earlier => earlier.Journal == journal);
        var known = _world.Ledger.Find(journal);
        var alone = _world.Machines.Count(other => other.Disk.Cabinet == image.Cabinet) == 1;
        if (alone && known is not null && Math.Max(known.Head.Seq, known.Witness?.Tail.Seq ?? 0) > tail)
        {
            Announced.Add((journal, _world.Ledger.Generation));
        }
    }

    /// <summary>
    /// A person brings exports of old images, and of the given disks: what they hold fills declared gaps.
    /// </summary>
    public void FillGaps(IEnumerable<CabinetDisk> disks)
    {
        var sources = _images.Concat(disks).SelectMany(disk => disk.Journals).ToArray();
        var chain = new HashChain();
        foreach (var (id, row) in _world.Ledger.Journals.ToArray())
        {
            foreach (var file in sources.Where(journal => journal.Id == id))
            {
                foreach (var gap in row.Gaps.Where(gap =>
                    file.Base.Seq < gap.Range.Last && file.FileTail.Seq >= gap.Range.Last).ToArray())
                {
                    var from = file.HeadAt(Math.Max(file.Base.Seq, gap.Range.First - 1));
                    var entries = file.Entries.Where(e => e.Seq > from.Seq && e.Seq <= gap.Range.Last).ToArray();
                    if (Array.TrueForAll(entries, e => file.IsReadable(e.Seq))
                        && _world.Ledger.TryFill(id, gap, from, [.. entries.Select(e => e.Bytes)], chain))
                    {
                        _world.Note($"an export fills {_world.NameOf(id)}/{from.Seq + 1}-{gap.Range.Last}");
                    }
                }
            }
        }

        _world.CheckLedger();
    }

    private List<CabinetDisk> Images(CabinetId cabinet) => _images.FindAll(image => image.Cabinet == cabinet);

    private void Keep<T>(List<T> kept, T item, int most)
    {
        if (kept.Count == most)
        {
            kept.RemoveAt(_world.Chance.Below(most));
        }

        kept.Add(item);
    }
}
