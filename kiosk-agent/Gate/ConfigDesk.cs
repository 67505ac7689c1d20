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
/// The config that the cabinet works by, in memory and in a file of its own: replaced as a whole and synced before the
/// gate hears of it, so that a cut at any moment leaves the old or the new one. Thread-safe.
/// </summary>
internal sealed class ConfigDesk
{
    /// <summary>The file's name in the agent's data directory.</summary>
    public const string FileName = "gate-config.bin";

    private readonly JournalStore _store;
    private readonly string _path;
    private readonly ILogger<ConfigDesk> _log;
    private AppliedConfig? _current;

    /// <summary>Reads the file of an earlier run; a damaged one is left where it is and not worked by.</summary>
    /// <param name="store">The journals, whose present end is noted with each config.</param>
    /// <param name="directory">The agent's data directory.</param>
    /// <param name="log">The log.</param>
    public ConfigDesk(JournalStore store, string directory, ILogger<ConfigDesk> log)
    {
        _store = store;
        _path = Path.Combine(directory, FileName);
        _log = log;
        _current = Load(_path, out var isDamaged);
        if (isDamaged)
        {
            _log.Damaged(_path);
        }
    }

    /// <summary>What the gate works by; null before the first config: then it only observes.</summary>
    public AppliedConfig? Current => Volatile.Read(ref _current);

    /// <summary>The version that hellos report; empty before the first config.</summary>
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

    /// <summary>Reads a config file; null when there is none or it is damaged.</summary>
    public static AppliedConfig? Load(string path, out bool isDamaged)
    {
        isDamaged = false;
        if (!File.Exists(path))
        {
            return null;
        }

        var applied = AppliedConfig.OfFile(File.ReadAllBytes(path));
        isDamaged = applied is null;
        return applied;
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
                DurableFiles.Replace(_path, applied.ToFile());
                Volatile.Write(ref _current, applied);
                return new ConfigOutcome.Applied(versioned.Version);
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ConfigOutcome.Refused($"it cannot be kept: {error.Message}");
        }
    }
}
