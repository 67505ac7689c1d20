using System.Collections.Concurrent;
using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Access;

/// <summary>
/// The cabinets' passwords for the broker. A new one stands beside the old one until it is used for the first time;
/// that ends the older ones. Kept in memory for the broker's door. Thread-safe.
/// </summary>
internal sealed class CabinetCredentials(FleetDatabase database, TimeProvider time)
{
    /// <summary>Issued and never used passwords kept per cabinet; the oldest beyond are dropped.</summary>
    public const int MaxUnused = 4;

    private readonly ConcurrentDictionary<CabinetId, Credential[]> _byCabinet = new();
    private readonly Lock _reading = new();

    private sealed record Credential(long Id, byte[] SecretSha256, bool Used);

    /// <summary>Reads all credentials.</summary>
    public void Load()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT cabinet_id, credential_id, secret_sha256, first_used_utc_ms IS NOT NULL
            FROM cabinet_credentials ORDER BY cabinet_id, credential_id
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<(string Cabinet, Credential Credential)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0),
                new Credential(reader.GetInt64(1), (byte[])reader.GetValue(2), reader.GetBoolean(3))));
        }

        foreach (var group in rows.GroupBy(r => r.Cabinet))
        {
            _byCabinet[CabinetId.Parse(group.Key)] = [.. group.Select(r => r.Credential)];
        }
    }

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
    /// Issues a password inside the caller's transaction and returns it; only its hash is stored. Call
    /// <see cref="Reload"/> after the commit.
    /// </summary>
    public static string Issue(SqliteConnection connection, CabinetId cabinet, long nowUtcMs)
    {
        var password = Secret.Make();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO cabinet_credentials (cabinet_id, secret_sha256, issued_utc_ms) VALUES ($cabinet, $hash, $now);
            DELETE FROM cabinet_credentials WHERE cabinet_id = $cabinet AND first_used_utc_ms IS NULL
              AND credential_id NOT IN (
                SELECT credential_id FROM cabinet_credentials
                WHERE cabinet_id = $cabinet AND first_used_utc_ms IS NULL
                ORDER BY credential_id DESC LIMIT $most);
            """;
        command.Parameters.AddWithValue("$cabinet", cabinet.Value);
        command.Parameters.AddWithValue("$hash", Secret.Hash(password));
        command.Parameters.AddWithValue("$now", nowUtcMs);
        command.Parameters.AddWithValue("$most", MaxUnused);
        command.ExecuteNonQuery();
        return password;
    }

    /// <summary>Reads the committed credentials of a cabinet again.</summary>
    public void Reload(CabinetId cabinet)
    {
        // Under the lock, so that a later reader never puts back what an earlier one saw.
        lock (_reading)
        {
            using var connection = database.OpenReader();
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT credential_id, secret_sha256, first_used_utc_ms IS NOT NULL
                FROM cabinet_credentials WHERE cabinet_id = $cabinet ORDER BY credential_id
                """;
            command.Parameters.AddWithValue("$cabinet", cabinet.Value);
            using var reader = command.ExecuteReader();
            var credentials = new List<Credential>();
            while (reader.Read())
            {
                credentials.Add(
                    new Credential(reader.GetInt64(0), (byte[])reader.GetValue(1), reader.GetBoolean(2)));
            }

            _byCabinet[cabinet] = [.. credentials];
        }
    }

    private async Task NoteFirstUseAsync(CabinetId cabinet, long credentialId, CancellationToken ct)
    {
        await database.WriteAsync(
            (connection, _) =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = """
                    UPDATE cabinet_credentials SET first_used_utc_ms = $now
                    WHERE credential_id = $id AND first_used_utc_ms IS NULL;
                    DELETE FROM cabinet_credentials WHERE cabinet_id = $cabinet AND credential_id < $id;
                    """;
                command.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
                command.Parameters.AddWithValue("$id", credentialId);
                command.Parameters.AddWithValue("$cabinet", cabinet.Value);
                return command.ExecuteNonQuery();
            },
            ct);
        Reload(cabinet);
    }
}
