using System.Collections.Concurrent;
using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Access;

/// <summary>
/// The cabinets' passwords for the broker. A new one stands beside the old one until it is used for the first time;
/// that ends the older ones. Kept in memory for the broker's door. Thread-safe.
/// </summary>
internal sealed class CabinetCredentials(FleetDatabase database, TimeProvider time) : IChangeFollower
{
    /// <summary>Issued and never used passwords kept per cabinet; the oldest beyond are dropped.</summary>
    public const int MaxUnused = 4;

    private readonly ConcurrentDictionary<CabinetId, Credential[]> _byCabinet = new();
    private readonly Lock _reading = new();

    private sealed record Credential(long Id, byte[] SecretSha256, bool Used);

    /// <inheritdoc/>
    public string Topic => "credentials";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys)
    {
        foreach (var key in keys)
        {
            Reload(CabinetId.Parse(key));
        }
    }

    /// <inheritdoc/>
    public void ReloadAll()
    {
        // Those that are gone first; the others are only ever replaced, so that no door shuts for a moment.
        using (var connection = database.OpenReader())
        {
            var there = connection.Query("SELECT DISTINCT cabinet_id FROM cabinet_credentials", row => row.Text(0))
                .Select(CabinetId.Parse).ToHashSet();
            foreach (var gone in _byCabinet.Keys.Where(cabinet => !there.Contains(cabinet)).ToList())
            {
                Reload(gone);
            }
        }

        Load();
    }

    /// <summary>Reads all credentials.</summary>
    public void Load()
    {
        using var connection = database.OpenReader();
        var rows = connection.Query("""
            SELECT cabinet_id, credential_id, secret_sha256, first_used_utc_ms IS NOT NULL
            FROM cabinet_credentials ORDER BY cabinet_id, credential_id
            """,
            row => (Cabinet: row.Text(0),
                Credential: new Credential(row.Long(1), row.Bytes(2).ToArray(), row.Long(3) != 0)));

        foreach (var group in rows.GroupBy(r => r.Cabinet))
        {
            _byCabinet[CabinetId.Parse(group.Key)] = [.. group.Select(r => r.Credential)];
        }
    }

    /// <summary>True while the cabinet has a password at all.</summary>
    public bool Has(CabinetId cabinet) => _byCabinet.GetValueOrDefault(cabinet, []).Length > 0;

    /// <summary>
    /// True when the password is one of the cabinet's. The first use of a password is committed before it is answered.
    /// </summary>
    public async ValueTask<bool> VerifyAsync(CabinetId cabinet, ReadOnlyMemory<byte> password, CancellationToken ct)
    {
        var hash = Secret.Hash(password.Span);
        Credential? found = null;
        foreach (var credential in _byCabinet.GetValueOrDefault(cabinet, []))
        {
            if (CryptographicOperations.FixedTimeEquals(credential.SecretSha256, hash))
            {
                found = credential;
            }
        }

        if (found is { Used: false })
        {
            await NoteFirstUseAsync(cabinet, found.Id, ct);
        }

        return found is not null;
    }

    /// <summary>
    /// Issues a password inside the caller's transaction and returns it; only its hashes are stored, one of them as
    /// Mosquitto takes it. Call <see cref="Reload(CabinetId)"/> after the commit.
    /// </summary>
    public static string Issue(FleetConnection connection, CabinetId cabinet, long nowUtcMs)
    {
        var password = Secret.Make();
        connection.Execute("""
            INSERT INTO cabinet_credentials (cabinet_id, secret_sha256, issued_utc_ms, mosquitto_hash)
            VALUES ($cabinet, $hash, $now, $mosquitto)
            """,
            ("$cabinet", cabinet.Value), ("$hash", Secret.Hash(password)), ("$now", nowUtcMs),
            ("$mosquitto", MosquittoPassword.Hash(password)));
        connection.Execute("""
            DELETE FROM cabinet_credentials WHERE cabinet_id = $cabinet AND first_used_utc_ms IS NULL
              AND credential_id NOT IN (
                SELECT credential_id FROM cabinet_credentials
                WHERE cabinet_id = $cabinet AND first_used_utc_ms IS NULL
                ORDER BY credential_id DESC LIMIT $most)
            """,
            ("$cabinet", cabinet.Value), ("$most", MaxUnused));
        return password;
    }

    /// <summary>
    /// Ends all of a cabinet's passwords inside the caller's transaction; false when it had none. Call
    /// <see cref="Reload(CabinetId)"/> after the commit.
    /// </summary>
    public static bool Revoke(FleetConnection connection, CabinetId cabinet) => connection.Execute(
        "DELETE FROM cabinet_credentials WHERE cabinet_id = $cabinet", ("$cabinet", cabinet.Value)) > 0;

    /// <summary>
    /// The newest password of each cabinet as Mosquitto keeps it, by cabinet; empty for one that was issued before
    /// these hashes were made.
    /// </summary>
    public static IReadOnlyList<(CabinetId Cabinet, string Hash)> MosquittoHashes(FleetConnection connection) =>
        connection.Query("""
            SELECT c.cabinet_id, coalesce(c.mosquitto_hash, '')
            FROM cabinet_credentials c
            JOIN (SELECT max(credential_id) AS newest FROM cabinet_credentials GROUP BY cabinet_id) n
              ON n.newest = c.credential_id
            ORDER BY c.cabinet_id
            """, row => (CabinetId.Parse(row.Text(0)), row.Text(1)));

    /// <summary>Reads the committed credentials of a cabinet again.</summary>
    public void Reload(CabinetId cabinet)
    {
        // Under the lock, so that a later reader never puts back what an earlier one saw.
        lock (_reading)
        {
            using var connection = database.OpenReader();
            _byCabinet[cabinet] = [.. connection.Query("""
                SELECT credential_id, secret_sha256, first_used_utc_ms IS NOT NULL
                FROM cabinet_credentials WHERE cabinet_id = $cabinet ORDER BY credential_id
                """,
                row => new Credential(row.Long(0), row.Bytes(1).ToArray(), row.Long(2) != 0),
                ("$cabinet", cabinet.Value))];
        }
    }

    private async Task NoteFirstUseAsync(CabinetId cabinet, long credentialId, CancellationToken ct)
    {
        await database.WriteAsync(
            (connection, _) =>
            {
                connection.Execute("""
                    UPDATE cabinet_credentials SET first_used_utc_ms = $now
                    WHERE credential_id = $id AND first_used_utc_ms IS NULL
                    """, ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$id", credentialId));
                return connection.Execute(
                    "DELETE FROM cabinet_credentials WHERE cabinet_id = $cabinet AND credential_id < $id",
                    ("$id", credentialId), ("$cabinet", cabinet.Value));
            },
            ct);
        Reload(cabinet);
    }
}
