using System.Collections.Concurrent;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>What the service says of a cabinet's connection. The names are the API's words.</summary>
internal enum PresenceState
{
    /// <summary>Nothing was heard yet.</summary>
    Unknown,

    /// <summary>Connected.</summary>
    Online,

    /// <summary>Its session has ended.</summary>
    Offline,

    /// <summary>Behind an external broker: no end was told, and nothing has been heard for long.</summary>
    Silent,
}

/// <summary>
/// Which cabinets are connected and since when, from their own words and wills, behind both brokers; kept in memory and
/// written down every second. Bounded: behind an external broker strangers may name any cabinet when its access list is
/// missing. Thread-safe.
/// </summary>
internal sealed class PresenceBook(
    FleetDatabase database, IOptions<BrokerOptions> options, TimeProvider time, ILogger<PresenceBook> log)
    : BackgroundService
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShareInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<CabinetId, CabinetPresence> _known = new();
    private readonly ConcurrentDictionary<CabinetId, long> _heardAt = new();
    private readonly ConcurrentDictionary<CabinetId, bool> _unwritten = new();
    private readonly Lock _changing = new();
    private readonly bool _isEmbedded = options.Value.Mode == BrokerMode.Embedded;

    /// <summary>Takes the word of a session; false when the payload is none.</summary>
    public bool Take(CabinetId cabinet, ReadOnlySpan<byte> payload, bool wasKept, out PresenceNote? note)
    {
        if (!PresenceNote.TryParse(payload, out note))
        {
            return false;
        }

        Take(cabinet, note, wasKept);
        return true;
    }

    /// <summary>Takes the word of a session.</summary>
    public void Take(CabinetId cabinet, PresenceNote note, bool wasKept)
    {
        // What a broker kept says nothing of the present, but that nobody heard the session's end.
        if (note.Online)
        {
            Heard(cabinet);
        }

        lock (_changing)
        {
            var known = _known.GetValueOrDefault(cabinet);
            if ((known is null && _known.Count >= BrokerLimits.MaxHeardCabinets)
                || PresenceRule.Next(known, note, wasKept, NowUtcMs) is not { } next)
            {
                return;
            }

            _known[cabinet] = next;
            _unwritten[cabinet] = true;
        }

        BrokerLog.PresenceChanged(log, cabinet, note.Online ? "online" : "offline", note.Session);
    }

    /// <summary>Notes that a cabinet was heard now.</summary>
    public void Heard(CabinetId cabinet)
    {
        if (_heardAt.Count >= BrokerLimits.MaxHeardCabinets && !_heardAt.ContainsKey(cabinet))
        {
            foreach (var old in _heardAt.Keys.Where(old => !HeardLately(old)))
            {
                _heardAt.TryRemove(old, out _);
            }

            if (_heardAt.Count >= BrokerLimits.MaxHeardCabinets)
            {
                return;
            }
        }

        _heardAt[cabinet] = time.GetTimestamp();
    }

    /// <summary>True when the cabinet was heard within the setting's minutes.</summary>
    public bool HeardLately(CabinetId cabinet) => _heardAt.TryGetValue(cabinet, out var at)
        && time.GetElapsedTime(at) <= TimeSpan.FromMinutes(options.Value.External.HeardWithinMinutes);

    /// <summary>The cabinet's state, and since when; null when nothing was heard of it.</summary>
    public (PresenceState State, long? SinceUtcMs) StateOf(CabinetId cabinet) =>
        !_known.TryGetValue(cabinet, out var known) ? (PresenceState.Unknown, null)
        : !known.IsOnline ? (PresenceState.Offline, known.SinceUtcMs)
        : _isEmbedded || HeardLately(cabinet) ? (PresenceState.Online, known.SinceUtcMs)
        : (PresenceState.Silent, known.SinceUtcMs);

    /// <summary>The cabinet's session was ended by the service: nobody may be there to say so.</summary>
    public void End(CabinetId cabinet)
    {
        lock (_changing)
        {
            if (_known.GetValueOrDefault(cabinet) is { IsOnline: true } known)
            {
                _known[cabinet] = known with { IsOnline = false, SinceUtcMs = NowUtcMs };
                _unwritten[cabinet] = true;
            }
        }
    }

    /// <summary>Forgets a cabinet whose row was forgotten: its sessions may count anew.</summary>
    public void Forget(CabinetId cabinet)
    {
        lock (_changing)
        {
            _known.TryRemove(cabinet, out _);
            _unwritten.TryRemove(cabinet, out _);
        }
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        using (var connection = database.OpenReader())
        {
            foreach (var (cabinet, presence) in PresenceTable.Read(connection))
            {
                _known[cabinet] = presence;
                Heard(cabinet);
            }
        }

        EndEmbeddedSessions();

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        EndEmbeddedSessions();
        await WriteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shared = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(WriteInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync(CancellationToken.None);
            if (database.IsShared && time.GetElapsedTime(shared) >= ShareInterval)
            {
                shared = time.GetTimestamp();
                HearOthers();
            }
        }
    }

    /// <summary>Cabinets that another service heard were heard: of a shared subscription each hears a part.</summary>
    internal void HearOthers()
    {
        try
        {
            using var connection = database.OpenReader();
            foreach (var cabinet in PresenceTable.HeardSince(
                connection, NowUtcMs - (long)(2 * ShareInterval).TotalMilliseconds))
            {
                Heard(cabinet);
            }
        }
        catch (Exception error)
        {
            BrokerLog.PresenceNotKept(log, error);
        }
    }

    /// <summary>Writes what changed; a failure leaves it for the next time.</summary>
    internal async Task WriteAsync(CancellationToken ct)
    {
        var rows = new List<(CabinetId Cabinet, CabinetPresence Presence)>();
        lock (_changing)
        {
            foreach (var cabinet in _unwritten.Keys)
            {
                rows.Add((cabinet, _known[cabinet]));
            }

            _unwritten.Clear();
        }

        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            await database.WriteAsync(
                (connection, _) =>
                {
                    PresenceTable.Put(connection, rows);
                    return true;
                },
                ct);
        }
        catch (Exception error)
        {
            BrokerLog.PresenceNotKept(log, error);
            foreach (var (cabinet, _) in rows.Where(row => _known.ContainsKey(row.Cabinet)))
            {
                _unwritten[cabinet] = true;
            }
        }
    }

    /// <summary>No session of the embedded broker outlives its process, whether it was stopped or killed.</summary>
    private void EndEmbeddedSessions()
    {
        foreach (var (cabinet, presence) in _known.Where(known => _isEmbedded && known.Value.IsOnline))
        {
            Take(cabinet, new PresenceNote(false, presence.Session, 0), wasKept: false);
        }
    }

    private long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();
}
