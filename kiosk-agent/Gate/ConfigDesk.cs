using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Gate;

/// <summary>What became of a config that came. A closed set.</summary>
internal abstract record ConfigOutcome
{
    private ConfigOutcome()
    {
    }

    /// <summary>It is on the disk, and the gate works by it from now on.</summary>
    /// <param name="Version">Its version.</param>
    internal sealed record Applied(string Version) : ConfigOutcome;

    /// <summary>It is the one that the gate works by already.</summary>
    internal sealed record AlreadyApplied : ConfigOutcome;

    /// <summary>It is not taken; the one before stays.</summary>
    /// <param name="Why">Why, for a log.</param>
    internal sealed record Refused(string Why) : ConfigOutcome;
}

/// <summary>
/// The config that the cabinet works by, in memory, in a file of its own (replaced as a whole and synced before the
/// gate hears of it, so that a cut at any moment leaves the old or the new one), and as a copy in the journal's file:
/// each heals the other. Thread-safe.
/// </summary>
internal sealed class ConfigDesk
{
    /// <summary>The file's name in the agent's data directory.</summary>
    public const string FileName = "gate-config.bin";

    private readonly JournalStore _store;
    private readonly string _path;
    private readonly ILogger<ConfigDesk> _log;
    private AppliedConfig? _current;
    private LostConfig? _lost;

    /// <summary>Reads the config of an earlier run, from its file or its copy; a damaged one is not worked by.
    /// </summary>
    /// <param name="store">The journals, whose present end is noted with each config.</param>
    /// <param name="directory">The agent's data directory.</param>
    /// <param name="log">The log.</param>
    public ConfigDesk(JournalStore store, string directory, ILogger<ConfigDesk> log)
    {
        _store = store;
        _path = Path.Combine(directory, FileName);
        _log = log;
        var kept = store.InCurrent(journal => journal.Config());
        _current = Find(_path, kept, out _lost);
        if (_lost is not null)
        {
            _log.Lost(_path, _lost.Mode);
        }
        else if (_current is not null)
        {
            Heal(_current, kept);
        }
    }

    /// <summary>What is left of a config that was applied once and cannot be read; null when none is missing.</summary>
    public LostConfig? Lost => Volatile.Read(ref _lost);

    /// <summary>What the gate works by; null before the first config, and when it is lost.</summary>
    public AppliedConfig? Current => Volatile.Read(ref _current);

    /// <summary>The version that hellos report; empty before the first config and when it is lost, so that the service
    /// sends it.</summary>
    public string AppliedVersion => Current?.Version ?? "";

    /// <summary>Takes a payload that came down; returns when it is on the disk, or when it is not taken.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="own">The cabinet that this agent is.</param>
    public ConfigOutcome Take(ReadOnlyMemory<byte> payload, CabinetId own)
    {
        var outcome = Judge(payload, own, out var versioned) ?? Keep(versioned!);
        switch (outcome)
        {
            case ConfigOutcome.Applied applied:
                _log.Applied(applied.Version, versioned!.Config.Mode);
                break;
            case ConfigOutcome.Refused refused:
                _log.Refused(refused.Why, AppliedVersion);
                break;
            default:
                break;
        }

        return outcome;
    }

    /// <summary>Reads the config from its file, else from its copy; null when neither holds it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kept">The copy; null when the journal has none.</param>
    /// <param name="lost">What is left of it when there was one; a file that cannot be read tells no mode.</param>
    public static AppliedConfig? Find(string path, KeptConfig? kept, out LostConfig? lost)
    {
        var hasFile = File.Exists(path);
        var found = (hasFile ? AppliedConfig.OfFile(File.ReadAllBytes(path)) : null)
            ?? (kept is null ? null : AppliedConfig.OfFile(kept.Bytes));
        lost = found is not null || (kept is null && !hasFile) ? null
            : kept is null ? new LostConfig(GateMode.Observe, default, 0)
            : new LostConfig(kept.Mode, kept.Kind, kept.RestrictFromUtcMs);
        return found;
    }

    /// <summary>Writes the copy that is missing or another one; what cannot be written now is at the next start.
    /// </summary>
    private void Heal(AppliedConfig applied, KeptConfig? kept)
    {
        try
        {
            if (!File.Exists(_path) || AppliedConfig.OfFile(File.ReadAllBytes(_path)) is null)
            {
                DurableFiles.Replace(_path, applied.ToFile());
                _log.Restored(_path, applied.Version);
            }

            if (kept is null || !kept.Bytes.AsSpan().SequenceEqual(applied.ToFile()))
            {
                _store.InCurrent(journal =>
                {
                    journal.KeepConfig(applied.ToCopy());
                    return true;
                });
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.NotHealed(_path, error.Message);
        }
    }

    private ConfigOutcome? Judge(ReadOnlyMemory<byte> payload, CabinetId own, out VersionedConfig? versioned)
    {
        if (!VersionedConfig.TryParse(payload, out versioned))
        {
            return new ConfigOutcome.Refused($"{payload.Length} bytes are no config of this version");
        }

        return versioned.Config.Cabinet != own
            ? new ConfigOutcome.Refused($"it is for {versioned.Config.Cabinet}")
            : versioned.Version == AppliedVersion ? new ConfigOutcome.AlreadyApplied()
            : null;
    }

    private ConfigOutcome Keep(VersionedConfig versioned)
    {
        try
        {
            // No sale falls between the noted end of the journal and the moment at which the gate begins.
            return _store.InCurrent<ConfigOutcome>(journal =>
            {
                var applied = new AppliedConfig(versioned, new EntryOrigin(journal.Id, journal.Facts.Tail.Seq));
                journal.KeepConfig(applied.ToCopy());
                DurableFiles.Replace(_path, applied.ToFile());
                Volatile.Write(ref _current, applied);
                Volatile.Write(ref _lost, null);
                return new ConfigOutcome.Applied(versioned.Version);
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ConfigOutcome.Refused($"it cannot be kept: {error.Message}");
        }
    }
}
