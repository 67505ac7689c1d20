using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Access;

/// <summary>What a token allows.</summary>
internal enum AccessScope
{
    /// <summary>To read.</summary>
    Read,

    /// <summary>To read and to change.</summary>
    Write,
}

/// <summary>A token as it is listed; the token itself is not kept.</summary>
/// <param name="TokenId">Its number.</param>
/// <param name="Name">Who holds it; the actor in the audit log.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="MadeUtcMs">When it was made, Unix milliseconds UTC.</param>
/// <param name="ExpiresUtcMs">When it ends, or null.</param>
/// <param name="RevokedUtcMs">When it was revoked, or null.</param>
internal sealed record AccessTokenModel(
    long TokenId, string Name, AccessScope Scope, long MadeUtcMs, long? ExpiresUtcMs, long? RevokedUtcMs);

/// <summary>Bearer tokens of people and programs, stored as SHA-256. Thread-safe.</summary>
internal sealed class AccessTokens(FleetDatabase database, TimeProvider time)
{
    /// <summary>Longest token taken, in characters.</summary>
    public const int MaxTokenLength = 256;

    /// <summary>The holder of a valid token, or null.</summary>
    public AccessTokenModel? Find(string token)
    {
        if (token.Length is 0 or > MaxTokenLength)
        {
            return null;
        }

        // By hash: how long the comparison takes says nothing about the token.
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT token_id, name, scope, made_utc_ms, expires_utc_ms, revoked_utc_ms FROM access_tokens
            WHERE token_sha256 = $hash AND revoked_utc_ms IS NULL AND (expires_utc_ms IS NULL OR expires_utc_ms > $now)
            """, Read, ("$hash", Secret.Hash(token)), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()))
            .SingleOrDefault();
    }

    /// <summary>All tokens, revoked ones included.</summary>
    public IReadOnlyList<AccessTokenModel> List()
    {
        using var connection = database.OpenReader();
        return connection.Query(
            "SELECT token_id, name, scope, made_utc_ms, expires_utc_ms, revoked_utc_ms FROM access_tokens ORDER BY 1",
            Read);
    }

    /// <summary>Makes a token and returns it; it cannot be shown again.</summary>
    public async Task<string> CreateAsync(
        string name, AccessScope scope, TimeSpan? validFor, string actor, CancellationToken ct)
    {
        var token = Secret.Make();
        await AddAsync(token, name, scope, validFor, actor, ct);
        return token;
    }

    /// <summary>Adds a given token unless it is known; a revoked one stays revoked.</summary>
    public Task AddAsync(
        string token, string name, AccessScope scope, TimeSpan? validFor, string actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            (connection, _) =>
            {
                var added = connection.Execute("""
                    INSERT INTO access_tokens (name, scope, token_sha256, made_utc_ms, expires_utc_ms)
                    VALUES ($name, $scope, $hash, $now, $expires) ON CONFLICT (token_sha256) DO NOTHING
                    """,
                    ("$name", name), ("$scope", scope == AccessScope.Write ? "write" : "read"),
                    ("$hash", Secret.Hash(token)), ("$now", now.ToUnixTimeMilliseconds()),
                    ("$expires", validFor is { } v ? (now + v).ToUnixTimeMilliseconds() : null)) > 0;
                if (added)
                {
                    AuditLog.Write(connection, new AuditEntry(
                        now.ToUnixTimeMilliseconds(), actor, "token.created", $"token:{name}", null,
                        new { name, scope = scope.ToString() }));
                }

                return added;
            },
            ct);
    }

    /// <summary>Revokes a token; false when there is no such token or it is revoked already.</summary>
    public Task<bool> RevokeAsync(long tokenId, string actor, CancellationToken ct) => database.WriteAsync(
        (connection, _) =>
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var revoked = connection.Execute(
                "UPDATE access_tokens SET revoked_utc_ms = $now WHERE token_id = $id AND revoked_utc_ms IS NULL",
                ("$now", now), ("$id", tokenId)) > 0;
            if (revoked)
            {
                AuditLog.Write(
                    connection, new AuditEntry(now, actor, "token.revoked", $"token:{tokenId}", null, null));
            }

            return revoked;
        },
        ct);

    private static AccessTokenModel Read(Statement row) => new(
        row.Long(0), row.Text(1), row.Text(2) == "write" ? AccessScope.Write : AccessScope.Read, row.Long(3),
        row.LongOrNull(4), row.LongOrNull(5));
}
