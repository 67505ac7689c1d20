using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Storage;
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
    /// <summary>Makes a token; null when the cabinet is not registered.</summary>
    public Task<MadeToken?> MakeTokenAsync(CabinetId cabinet, string actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var expires = now + TimeSpan.FromDays(options.Value.TokenDays);
        return database.WriteAsync(
            (connection, _) =>
            {
                var store = new EnrolmentTokenStore(connection);
                if (store.Cabinet(cabinet) is null)
                {
                    return null;
                }

                var token = Secret.Make();
                store.Add(cabinet, token, actor, now.ToUnixTimeMilliseconds(), expires.ToUnixTimeMilliseconds());
                store.Audit(Change(actor, "enrolment.token_made", cabinet, new { expiresUtc = expires }));
                return new MadeToken(cabinet.Value, token, expires);
            },
            ct);
    }

    /// <summary>
    /// Ends a cabinet's passwords and tokens and its connection: it can come back only by a new token. What it has sold
    /// stays where it is. May be repeated.
    /// </summary>
    /// <returns>Null when it is not registered; false when its end is committed and an external broker could not be
    /// told.</returns>
    public async Task<bool?> RevokeAsync(CabinetId cabinet, string actor, CancellationToken ct)
    {
        var known = await database.WriteAsync(
            (connection, _) =>
            {
                var store = new EnrolmentTokenStore(connection);
                if (store.Cabinet(cabinet) is null)
                {
                    return false;
                }

                var tokens = store.Revoke(cabinet, time.GetUtcNow().ToUnixTimeMilliseconds());
                store.Audit(Change(actor, "enrolment.revoked", cabinet, new { tokensEnded = tokens }));
                return true;
            },
            ct);
        return known ? await access.ShutAsync(cabinet, ct) : null;
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

        var outcome = await database.WriteAsync(
            (connection, _) => Redeem(new EnrolmentTokenStore(connection), token, spki), ct);
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

    private EnrolmentOutcome Redeem(EnrolmentTokenStore store, string token, byte[] spki)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (store.Find(token) is not { } row)
        {
            return new EnrolmentOutcome.TokenUnknown();
        }

        if (row.ExpiresUtcMs <= now)
        {
            return new EnrolmentOutcome.TokenExpired();
        }

        if (row.BoundSpki is { } bound && !CryptographicOperations.FixedTimeEquals(bound, spki))
        {
            store.Audit(Change(
                $"cabinet:{row.Cabinet}", "enrolment.refused_other_key", row.Cabinet, KeyView(spki)));
            return new EnrolmentOutcome.TokenBound();
        }

        var cabinet = store.Cabinet(row.Cabinet)
            ?? throw new InvalidOperationException($"Token {row.Id} names a cabinet that is not there.");
        if (cabinet.Life == CabinetLife.Retired)
        {
            return new EnrolmentOutcome.CabinetRetired();
        }

        if (!store.AddKey(row.Cabinet, spki, now))
        {
            return new EnrolmentOutcome.KeyOfAnotherCabinet();
        }

        store.Bind(row.Id, spki, now);
        if (cabinet.Life == CabinetLife.Registered)
        {
            store.Activate(row.Cabinet, now);
        }

        store.Audit(Change(
            $"cabinet:{row.Cabinet}", row.BoundSpki is null ? "enrolment.redeemed" : "enrolment.redeemed_again",
            row.Cabinet, KeyView(spki)));
        var password = store.IssuePassword(row.Cabinet, now);
        return new EnrolmentOutcome.Done(new Enrolled(
            row.Cabinet.Value, row.Cabinet.Value, password, access.Broker.Host, access.Broker.Port));
    }

    private static object KeyView(byte[] spki) => new { keyId = KeyId.Of(spki).ToString() };

    private AuditEntry Change(string actor, string action, CabinetId cabinet, object after) =>
        new(time.GetUtcNow().ToUnixTimeMilliseconds(), actor, action, $"cabinet:{cabinet}", null, after);
}
