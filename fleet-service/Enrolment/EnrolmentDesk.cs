using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Enrolment;

/// <summary>
/// Makes one-time tokens and redeems them. A redemption is one transaction: the token is bound, the key registered, the
/// credential issued and the cabinet set active, or nothing of it. Thread-safe.
/// </summary>
internal sealed class EnrolmentDesk(
    FleetDatabase database, FleetRegister register, CabinetAccess access, TimeProvider time,
    IOptions<EnrolmentOptions> options)
{
    private sealed record TokenRow(long Id, CabinetId Cabinet, long ExpiresUtcMs, byte[]? BoundSpki);

    /// <summary>Makes a token; null when the cabinet is not registered.</summary>
    public Task<MadeToken?> MakeTokenAsync(CabinetId cabinet, string actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var expires = now + TimeSpan.FromDays(options.Value.TokenDays);
        return database.WriteAsync(
            (connection, _) =>
            {
                if (FleetStore.Find(connection, cabinet) is null)
                {
                    return null;
                }

                var token = Secret.Make();
                using var command = connection.CreateCommand();
                command.CommandText = """
                    INSERT INTO enrolment_tokens (cabinet_id, token_sha256, made_by, made_utc_ms, expires_utc_ms)
                    VALUES ($cabinet, $hash, $actor, $now, $expires)
                    """;
                command.Parameters.AddWithValue("$cabinet", cabinet.Value);
                command.Parameters.AddWithValue("$hash", Secret.Hash(token));
                command.Parameters.AddWithValue("$actor", actor);
                command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
                command.Parameters.AddWithValue("$expires", expires.ToUnixTimeMilliseconds());
                command.ExecuteNonQuery();
                Audit(connection, actor, "enrolment.token_made", cabinet, new { expiresUtc = expires });
                return new MadeToken(cabinet.Value, token, expires);
            },
            ct);
    }

    /// <summary>Redeems a token with a key.</summary>
    public async Task<EnrolmentOutcome> RedeemAsync(EnrolmentRequest request, CancellationToken ct)
    {
        if (request is not { Token: { Length: > 0 and <= AccessTokens.MaxTokenLength } token, PublicKey: { } key,
                Proof: { } proof }
            || EnrolmentProof.Check(token, key, proof) is not { } spki)
        {
            return new EnrolmentOutcome.ProofWrong();
        }

        var outcome = await database.WriteAsync((connection, _) => Redeem(connection, token, spki), ct);
        if (outcome is EnrolmentOutcome.Done done)
        {
            var cabinet = CabinetId.Parse(done.Answer.CabinetId);
            register.Refresh([cabinet]);
            if (!await access.OpenAsync(cabinet, done.Answer.MqttPassword, ct))
            {
                return new EnrolmentOutcome.BrokerAway();
            }
        }

        return outcome;
    }

    private EnrolmentOutcome Redeem(SqliteConnection connection, string token, byte[] spki)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Find(connection, token) is not { } row)
        {
            return new EnrolmentOutcome.TokenUnknown();
        }

        if (row.ExpiresUtcMs <= now)
        {
            return new EnrolmentOutcome.TokenExpired();
        }

        if (row.BoundSpki is { } bound && !CryptographicOperations.FixedTimeEquals(bound, spki))
        {
            Audit(connection, $"cabinet:{row.Cabinet}", "enrolment.refused_other_key", row.Cabinet, KeyView(spki));
            return new EnrolmentOutcome.TokenBound();
        }

        var cabinet = FleetStore.Find(connection, row.Cabinet)
            ?? throw new InvalidOperationException($"Token {row.Id} names a cabinet that is not there.");
        if (cabinet.Life == CabinetLife.Retired)
        {
            return new EnrolmentOutcome.CabinetRetired();
        }

        if (!FleetStore.AddKey(connection, row.Cabinet, spki, now))
        {
            return new EnrolmentOutcome.KeyOfAnotherCabinet();
        }

        Bind(connection, row.Id, spki, now);
        if (cabinet.Life == CabinetLife.Registered)
        {
            FleetStore.SetLife(connection, row.Cabinet, CabinetLife.Active, null, now);
        }

        Audit(connection, $"cabinet:{row.Cabinet}",
            row.BoundSpki is null ? "enrolment.redeemed" : "enrolment.redeemed_again", row.Cabinet, KeyView(spki));
        var password = CabinetCredentials.Issue(connection, row.Cabinet, now);
        return new EnrolmentOutcome.Done(new Enrolled(
            row.Cabinet.Value, row.Cabinet.Value, password, access.Broker.Host, access.Broker.Port));
    }

    private static TokenRow? Find(SqliteConnection connection, string token)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT token_id, cabinet_id, expires_utc_ms, bound_spki FROM enrolment_tokens WHERE token_sha256 = $hash
            """;
        command.Parameters.AddWithValue("$hash", Secret.Hash(token));
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new TokenRow(reader.GetInt64(0), CabinetId.Parse(reader.GetString(1)), reader.GetInt64(2),
                reader.IsDBNull(3) ? null : (byte[])reader.GetValue(3))
            : null;
    }

    private static void Bind(SqliteConnection connection, long tokenId, byte[] spki, long now)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE enrolment_tokens SET bound_spki = $spki, bound_utc_ms = coalesce(bound_utc_ms, $now),
              redemptions = redemptions + 1
            WHERE token_id = $id
            """;
        command.Parameters.AddWithValue("$spki", spki);
        command.Parameters.AddWithValue("$now", now);
        command.Parameters.AddWithValue("$id", tokenId);
        command.ExecuteNonQuery();
    }

    private static object KeyView(byte[] spki) => new { keyId = KeyId.Of(spki).ToString() };

    private void Audit(SqliteConnection connection, string actor, string action, CabinetId cabinet, object after) =>
        AuditLog.Write(connection, new AuditEntry(
            time.GetUtcNow().ToUnixTimeMilliseconds(), actor, action, $"cabinet:{cabinet}", null, after));
}
