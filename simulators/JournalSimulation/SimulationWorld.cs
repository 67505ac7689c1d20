using System.Buffers.Binary;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>Everything one seed runs in: simulated time, chance, machines, replicas, network, ledger, truth.</summary>
internal sealed class SimulationWorld
{
    /// <summary>Longest time a message travels, in milliseconds.</summary>
    public const int LongestDelayMs = 30_000;

    private readonly PriorityQueue<Action, (long AtMs, long Order)> _events = new();
    private readonly Dictionary<JournalId, string> _names = [];
    private readonly List<string>? _trace;
    private long _order;
    private ulong _lastName;

    /// <summary>Makes the world of a seed.</summary>
    public SimulationWorld(ulong seed, Sabotage sabotage, bool trace)
    {
        Chance = new SimulationChance(seed);
        Plan = SimulationPlan.Draw(Chance);
        Sabotage = sabotage;
        _trace = trace ? [] : null;
        Ledger = new LedgerModel(sabotage);
        Network = new SimulatedNetwork(this);
        Truth = new SimulationTruth(this);
        Replicas = [new Replica(this, "replica-1"), new Replica(this, "replica-2")];
        for (var i = 1; i <= Plan.Cabinets; i++)
        {
            var cabinet = CabinetId.Parse($"C{i}");
            Ledger.Enrol(cabinet);
            AddMachine(new CabinetDisk(cabinet, new JournalId(Chance.Id())));
        }
    }

    /// <summary>Simulated time in milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Chance.</summary>
    public SimulationChance Chance { get; }

    /// <summary>What this seed is about.</summary>
    public SimulationPlan Plan { get; }

    /// <summary>The built-in mistake.</summary>
    public Sabotage Sabotage { get; }

    /// <summary>The ledger.</summary>
    public LedgerModel Ledger { get; private set; }

    /// <summary>The network.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>What really happened.</summary>
    public SimulationTruth Truth { get; }

    /// <summary>The service's processes.</summary>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>The cabinets' computers; clones come behind.</summary>
    public List<CabinetMachine> Machines { get; } = [];

    /// <summary>True once faults have ended and everything has to recover alone.</summary>
    public bool Healing { get; set; }

    /// <summary>The first broken promise; null as long as all are kept.</summary>
    public string? Violation { get; private set; }

    /// <summary>True when the run is over because of a violation.</summary>
    public bool Stopped => Violation is not null;

    /// <summary>What happened, when a trace was asked for.</summary>
    public IReadOnlyList<string> Trace => _trace ?? [];

    /// <summary>Does something later.</summary>
    public void After(int delayMs, Action action) => _events.Enqueue(action, (NowMs + delayMs, _order++));

    /// <summary>Does the next event; false when there is none before the given time.</summary>
    public bool StepUntil(long untilMs)
    {
        if (Stopped || !_events.TryPeek(out _, out var due) || due.AtMs > untilMs)
        {
            return false;
        }

        var action = _events.Dequeue();
        NowMs = due.AtMs;
        Steps++;
        action();
        return true;
    }

    /// <summary>A name for a message, in place of its hash.</summary>
    public Digest NextName()
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ++_lastName);
        return Digest.Read(bytes);
    }

    /// <summary>Names a journal for the trace.</summary>
    public void Name(JournalId journal) => _names.TryAdd(journal, $"J{_names.Count + 1}");

    /// <summary>A journal's name in the trace.</summary>
    public string NameOf(JournalId journal) => _names.GetValueOrDefault(journal, "J?");

    /// <summary>Adds a line to the trace.</summary>
    public void Note(string text) => _trace?.Add($"{NowMs,8} {text}");

    /// <summary>A promise is broken; the run stops.</summary>
    public void Violate(string what)
    {
        Violation ??= what;
        Note($"VIOLATION: {what}");
    }

    /// <summary>Adds a machine and switches it on.</summary>
    public void AddMachine(CabinetDisk disk)
    {
        var machine = new CabinetMachine(this, $"machine-{Machines.Count + 1}", disk);
        Name(disk.Active.Id);
        Machines.Add(machine);
        machine.Start();
    }

    /// <summary>The places where a report still lies, for a trace.</summary>
    public string WhereIs(Report report) => string.Join(", ",
        from machine in Machines
        from journal in machine.Disk.Journals
        from entry in journal.Entries
        where entry.Report == report
        select $"{machine.Name} {NameOf(journal.Id)}/{entry.Seq} of {journal.Base.Seq + 1}-{journal.Tail.Seq}"
            + $" (ledger {Ledger.Find(journal.Id)?.Head.Seq}, "
            + (Ledger.IsDeclaredMissing(journal.Id, entry.Seq) ? "in a gap)" : "no gap)"));

    /// <summary>A cabinet enrols again with the key it has.</summary>
    public void Enrol(CabinetId cabinet) => Ledger.Enrol(cabinet);

    /// <summary>The ledger is restored; replicas start anew.</summary>
    public void RestoreLedger(LedgerModel backup)
    {
        Ledger = backup.Copy(Ledger.Generation + 1);
        Note($"the ledger is restored, generation {Ledger.Generation}");
        foreach (var replica in Replicas)
        {
            replica.Crash();
        }

        Truth.Destroyed();
    }

    /// <summary>Checked after every transaction.</summary>
    public void CheckLedger()
    {
        if (Ledger.Doubled is { } id)
        {
            Violate($"{id} is counted twice");
        }
    }
}
