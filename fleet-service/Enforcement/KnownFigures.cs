using KioskFleet.Protocol.Configs;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// The figures of configs as they were stated, and how far each cabinet's own journal has been added up since: so that
/// a run reads only what is new. Not thread-safe: the planner runs once at a time.
/// </summary>
internal sealed class KnownFigures(EnforcementStore store, FiguresStore figures)
{
    private readonly Dictionary<string, (string Version, GateFigures Figures)> _stated = [];
    private readonly Dictionary<string, Added> _added = [];

    private sealed record Added(string Version, BusinessWindow Window, ulong ThroughSeq, OwnSums Sums);

    /// <summary>The figures of a kept config; null when it is not kept any more.</summary>
    public GateFigures? Of(string cabinetId, string version)
    {
        if (_stated.TryGetValue(cabinetId, out var known) && known.Version == version)
        {
            return known.Figures;
        }

        if (store.ReadConfig(cabinetId, version) is not { } payload
            || !VersionedConfig.TryParse(payload, out var config))
        {
            return null;
        }

        _stated[cabinetId] = (version, config.Config.Figures);
        return config.Config.Figures;
    }

    /// <summary>The figures of a config that need not be the newest, and are not remembered.</summary>
    public GateFigures? OfOlder(string cabinetId, string version) =>
        store.ReadConfig(cabinetId, version) is { } payload && VersionedConfig.TryParse(payload, out var config)
            ? config.Config.Figures
            : null;

    /// <summary>What a cabinet's journal added to a window since the stated head.</summary>
    public OwnSums OwnSince(
        string cabinetId, string version, KnownJournal journal, GateFigures stated, BusinessWindow window)
    {
        var before = _added.GetValueOrDefault(cabinetId) is { } known && known.Version == version
            && known.Window == window && known.ThroughSeq <= journal.Head.Seq
                ? known
                : new Added(version, window, stated.Head.Seq, default);
        var more = before.ThroughSeq == journal.Head.Seq
            ? default
            : figures.OwnSince(journal.JournalNo, before.ThroughSeq, journal.Head.Seq, window);
        var sums = checked(new OwnSums(
            before.Sums.AidFen + more.AidFen, before.Sums.TotalFen + more.TotalFen));
        _added[cabinetId] = before with { ThroughSeq = journal.Head.Seq, Sums = sums };
        return sums;
    }
}
