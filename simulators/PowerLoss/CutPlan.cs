namespace KioskFleet.Simulators.PowerLoss;

/// <summary>Which unsynced changes a power cut leaves on the disk.</summary>
internal enum CutSurvival
{
    /// <summary>None: only what was synced, names included.</summary>
    Nothing,

    /// <summary>All of them, as if the cache had just been written back.</summary>
    Everything,

    /// <summary>Per file the oldest ones, up to a random one: a device that keeps the order.</summary>
    Prefix,

    /// <summary>Whole changes, each kept or lost by chance, and in random order where nothing forbids it.</summary>
    Subset,

    /// <summary>Like <see cref="Subset"/>, but each 512-byte sector of each write is kept or lost for itself.</summary>
    Torn,
}

/// <summary>
/// Decides what a power cut leaves: a pure function of the moment's snapshot, the kind of survival and the seed.
/// <para>
/// Model. The bytes that one write puts into one sector stand or fall together, and bytes outside a write are never
/// touched (SQLite's "power-safe overwrite", which its default VFS also claims). Apart from that every byte may hold
/// its durable value or that of any write since: harder than a page cache, which keeps the order within a sector. A
/// file's size may have grown without the content (then zeros). A change of size is one step, and may be lost while
/// later writes survive. A name means its durable file or any that it has meant since, each name for itself.
/// </para>
/// </summary>
/// <param name="Survival">The kind of survival.</param>
/// <param name="Seed">Seed of all further chance; equal seeds and snapshots give equal files.</param>
internal sealed record CutPlan(CutSurvival Survival, int Seed)
{
    private static readonly double[] KeepProbabilities = [0, 0.1, 0.5, 0.9, 1];

    /// <summary>A plan whose kind of survival is drawn from the seed too.</summary>
    public static CutPlan FromSeed(int seed)
    {
        CutSurvival survival = new Random(seed).Next(10) switch
        {
            < 2 => CutSurvival.Nothing,
            < 3 => CutSurvival.Everything,
            < 4 => CutSurvival.Prefix,
            < 7 => CutSurvival.Subset,
            _ => CutSurvival.Torn,
        };
        return new CutPlan(survival, seed);
    }

    /// <summary>The files after the cut, by name. Uses the snapshot up: it writes upon its contents.</summary>
    public IReadOnlyDictionary<string, FileContent> FilesAfter(IReadOnlyList<NameSnapshot> names)
    {
        Random chance = new(Seed);
        Dictionary<string, FileContent> files = new(StringComparer.Ordinal);
        foreach (NameSnapshot name in names)
        {
            if (MeaningOf(name, chance) is { } file)
            {
                files[name.Name] = ContentOf(file, chance);
            }
        }

        return files;
    }

    private FileSnapshot? MeaningOf(NameSnapshot name, Random chance) => Survival switch
    {
        CutSurvival.Nothing => name.Meanings[0],
        CutSurvival.Everything => name.Meanings[^1],
        _ => name.Meanings[chance.Next(name.Meanings.Count)],
    };

    private FileContent ContentOf(FileSnapshot file, Random chance)
    {
        FileContent content = file.Durable;
        // Per file: a cache may have been written back wholly for one file and not at all for its neighbour.
        double keep = KeepProbabilities[chance.Next(KeepProbabilities.Length)];
        switch (Survival)
        {
            case CutSurvival.Nothing:
                break;
            case CutSurvival.Everything:
                ApplyAll(content, file.Pending);
                break;
            case CutSurvival.Prefix:
                ApplyAll(content, file.Pending.Take(chance.Next(file.Pending.Count + 1)));
                break;
            case CutSurvival.Subset:
                ApplyAll(content, Reordered([.. file.Pending.Where(_ => chance.NextDouble() < keep)], chance));
                break;
            case CutSurvival.Torn:
                ApplyTorn(content, file.Pending, keep, chance);
                break;
            default:
                throw new InvalidOperationException($"Unknown survival {Survival}.");
        }

        return content;
    }

    private static void ApplyAll(FileContent content, IEnumerable<PendingChange> changes)
    {
        foreach (PendingChange change in changes)
        {
            content.Apply(change);
        }
    }

    /// <summary>Shuffles the writes between two changes of size; a write never moves across a change of size.</summary>
    private static PendingChange[] Reordered(PendingChange[] changes, Random chance)
    {
        int start = 0;
        for (int end = 0; end <= changes.Length; end++)
        {
            if (end == changes.Length || changes[end] is PendingChange.Truncate)
            {
                chance.Shuffle(changes.AsSpan(start, end - start));
                start = end + 1;
            }
        }

        return changes;
    }

    private static void ApplyTorn(FileContent content, IReadOnlyList<PendingChange> changes, double keep, Random chance)
    {
        foreach (PendingChange change in changes)
        {
            if (change is PendingChange.Write write)
            {
                TearWrite(content, write, keep, chance);
            }
            else if (chance.NextDouble() < keep)
            {
                content.Apply(change);
            }
        }
    }

    private static void TearWrite(FileContent content, PendingChange.Write write, double keep, Random chance)
    {
        if (chance.NextDouble() < keep)
        {
            content.GrowTo(write.End);
        }

        int offset = write.Offset;
        while (offset < write.End)
        {
            int next = Math.Min(write.End, (offset / PowerLossLimits.SectorBytes + 1) * PowerLossLimits.SectorBytes);
            if (chance.NextDouble() < keep)
            {
                content.Put(offset, write.Bytes.AsSpan(offset - write.Offset, next - offset));
            }

            offset = next;
        }
    }
}
