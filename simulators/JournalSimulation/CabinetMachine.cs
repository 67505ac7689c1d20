using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// One computer in a cabinet that runs the agent: a disk that keeps what was fsynced, and everything else that a power
/// cut takes.
/// </summary>
internal sealed class CabinetMachine
{
    private readonly SimulationWorld _world;
    private readonly HashChain _chain = new();
    private readonly List<Report> _unsynced = [];
    private readonly HashSet<(EntryKind, string)> _known = [];
    private readonly CabinetUplink _uplink;
    private long _bootedAtMs;

    /// <summary>Makes a machine that is switched off.</summary>
    public CabinetMachine(SimulationWorld world, string name, CabinetDisk disk)
    {
        _world = world;
        Name = name;
        Disk = disk;
        _uplink = new CabinetUplink(world, this);
    }

    /// <summary>Its name in the trace.</summary>
    public string Name { get; }

    /// <summary>What is durable.</summary>
    public CabinetDisk Disk { get; private set; }

    /// <summary>Grows with each boot; work begun in an earlier one is void.</summary>
    public int Life { get; private set; }

    /// <summary>The present boot.</summary>
    public BootId Boot { get; private set; }

    /// <summary>True while the agent runs.</summary>
    public bool Powered { get; private set; }

    /// <summary>The link.</summary>
    public LinkState Link { get; private set; } = LinkState.Down;

    /// <summary>The present boot's monotonic clock.</summary>
    public long MonotonicMs => _world.NowMs - _bootedAtMs;

    /// <summary>The newest reports that the sales program may repeat.</summary>
    public List<Report> Reported { get; } = [];

    /// <summary>The chain's scratch.</summary>
    public HashChain Chain => _chain;

    /// <summary>True when everything on the disk is where it belongs.</summary>
    public bool IsDrained => Powered && Link == LinkState.Up && _unsynced.Count == 0 && _uplink.IsDrained;

    /// <summary>Why it is not drained, for a trace.</summary>
    public string Standing => $"{Name} powered={Powered} link={Link} " + _uplink.Standing;

    /// <summary>Starts the agent: checks the journal, begins a successor for a bad one, then connects.</summary>
    public void Start()
    {
        Life++;
        Powered = true;
        Boot = new BootId(_world.Chance.Id());
        _bootedAtMs = _world.NowMs;
        _known.Clear();
        foreach (var entry in Disk.Journals.SelectMany(file => file.Entries.Where(e => file.IsReadable(e.Seq))))
        {
            Learn(entry.Report);
        }

        Disk.Retired.ForEach(report => Learn(report));
        _world.Note($"{Name} starts, {_world.NameOf(Disk.Active.Id)} tail {Disk.Active.FileTail.Seq}");
        if (Disk.Active.FirstUnreadable is not null)
        {
            BeginSuccessor(SuccessionReason.Corrupt);
        }

        _uplink.Start();
        ConnectSoon();
    }

    /// <summary>
    /// The power fails. A transaction under way is on the disk or not; it was not answered either way.
    /// </summary>
    public void Crash()
    {
        if (!Powered)
        {
            return;
        }

        _world.Note($"{Name} loses power");
        if (_unsynced.Count > 0 && _world.Chance.PerMille(500))
        {
            AppendUnsynced();
        }

        _unsynced.Clear();
        Powered = false;
        Life++;
        Link = LinkState.Down;
        var life = Life;
        _world.After(_world.Chance.Between(100, 3_000), () =>
        {
            if (life == Life)
            {
                Start();
            }
        });
    }

    /// <summary>The disk is replaced while the power is off.</summary>
    public void ReplaceDisk(CabinetDisk disk)
    {
        Crash();
        Disk = disk;
        _uplink.ForgetDisk();
    }

    /// <summary>The sales program reports; it gets its answer when the entry is durable.</summary>
    public void Record(Report report)
    {
        if (!Powered)
        {
            return;
        }

        Reported.Add(report);
        if (_known.Contains((report.Kind, report.Id)))
        {
            _world.Truth.Answered(report);
            return;
        }

        if (_unsynced.Exists(other => other.Kind == report.Kind && other.Id == report.Id))
        {
            return;
        }

        _unsynced.Add(report);
        if (_world.Sabotage == Sabotage.AnswerBeforeFsync)
        {
            _world.Truth.Answered(report);
        }

        if (_unsynced.Count == 1)
        {
            AfterInThisLife(_world.Chance.Between(1, 25), Fsync);
        }
    }

    /// <summary>Appends an entry that reports nothing, durably: a Gap, or one of a newer agent's kind.</summary>
    public void AppendSilently(Func<ulong, EntryTime, byte[]> encode) =>
        Disk.Active.Append(_chain, encode(Disk.Active.FileTail.Seq + 1, TimeNow()), null);

    /// <summary>Begins a successor; what can be read and is not committed goes with it.</summary>
    public void BeginSuccessor(SuccessionReason reason)
    {
        var predecessor = Disk.Active;
        var successor = JournalSuccession.Begin(
            predecessor, new JournalId(_world.Chance.Id()), reason, TimeNow(), _chain, _world.Sabotage);
        Disk.Switch(successor);
        _world.Name(successor.Id);
        _world.Note($"{Name} begins {_world.NameOf(successor.Id)} after {_world.NameOf(predecessor.Id)}"
            + $"/{predecessor.Tail.Seq}: {reason}, {successor.FileTail.Seq - 1} carried");
    }

    /// <summary>The journal file is gone: the next start begins a successor with nothing carried.</summary>
    public void LoseJournal()
    {
        Crash();
        var lost = Disk.Active;
        Disk.Lose(lost);
        Disk.Switch(JournalSuccession.BeginAfterLoss(
            lost.Id, new JournalId(_world.Chance.Id()), TimeNow(), _chain));
        _world.Name(Disk.Active.Id);
    }

    /// <summary>Carries a closed journal's entries over, because the service holds another history of it.</summary>
    public void CarryOver(JournalFile closed)
    {
        _world.Note($"{Name} carries {_world.NameOf(closed.Id)} over into {_world.NameOf(Disk.Active.Id)}");
        JournalSuccession.Carry(closed, closed.Base.Seq, closed.Tail.Seq, Disk.Active, _chain);
        closed.CarriedInto = Disk.Active.Id;
    }

    /// <summary>Retention deletes old entries of one journal.</summary>
    public void Retain()
    {
        var journal = _world.Chance.Pick(Disk.Journals);
        var most = _world.Sabotage == Sabotage.RetentionIgnoresCommit ? journal.FileTail.Seq : journal.Committed.Seq;
        if (!Powered || most <= journal.Base.Seq || !_uplink.MayRetain(journal))
        {
            return;
        }

        var through = journal.Base.Seq + (ulong)_world.Chance.Between(1, (int)(most - journal.Base.Seq));
        _uplink.CheckRetention(journal, through);
        var deleted = journal.Entries.Where(entry => entry.Seq <= through).Select(entry => entry.Report);
        Disk.Retired.AddRange(deleted.OfType<Report>());
        journal.DeleteThrough(through);
        _world.Truth.Destroyed();
        _world.Note($"{Name} deletes {_world.NameOf(journal.Id)} through {through}");
    }

    /// <summary>The link is cut; with <paramref name="halfOpen"/> nobody notices.</summary>
    public void Cut(bool halfOpen)
    {
        if (Link != LinkState.Up)
        {
            return;
        }

        _world.Note($"{Name}'s link {(halfOpen ? "swallows everything" : "is cut")}");
        Link = halfOpen ? LinkState.HalfOpen : LinkState.Down;
        if (!halfOpen)
        {
            _uplink.Disconnected();
            ConnectSoon();
        }
    }

    /// <summary>The sender gave the link up.</summary>
    public void Reconnect()
    {
        _world.Note($"{Name} makes its link anew");
        Link = LinkState.Down;
        _uplink.Disconnected();
        ConnectSoon();
    }

    /// <summary>A receipt arrives.</summary>
    public void Receive(DownMessage message) => _uplink.Receive(message);

    /// <summary>Does something later, unless the power fails before.</summary>
    public void AfterInThisLife(int delayMs, Action action)
    {
        var life = Life;
        _world.After(delayMs, () =>
        {
            if (life == Life)
            {
                action();
            }
        });
    }

    private void ConnectSoon() => AfterInThisLife(_world.Chance.Between(20, 800), () =>
    {
        if (Link != LinkState.Down)
        {
            return;
        }

        if (!_world.Healing && _world.Chance.PerMille(200))
        {
            ConnectSoon();
            return;
        }

        Link = LinkState.Up;
        _uplink.Connected();
    });

    private void Fsync()
    {
        foreach (var report in AppendUnsynced())
        {
            _world.Truth.Answered(report);
        }

        _uplink.Appended();
    }

    private Report[] AppendUnsynced()
    {
        var reports = _unsynced.ToArray();
        _unsynced.Clear();
        foreach (var report in reports)
        {
            Disk.Active.Append(
                _chain, ReportEncoder.Encode(report, Disk.Active.Id, Disk.Active.FileTail.Seq + 1, TimeNow()), report);
            Learn(report);
        }

        return reports;
    }

    private bool Learn(Report? report) => report is not null && _known.Add((report.Kind, report.Id));

    private EntryTime TimeNow() => new(Boot, MonotonicMs, 1_600_000_000_000 + _world.NowMs);
}
