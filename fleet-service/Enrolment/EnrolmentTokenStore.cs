using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enrolment;

/// <summary>An enrolment token as it is kept; the token itself is not.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Cabinet">The cabinet it enrols.</param>
/// <param name="ExpiresUtcMs">When it ends, Unix milliseconds UTC.</param>
/// <param name="BoundSpki">The first key that redeemed it, or null.</param>
internal sealed record EnrolmentTokenRow(long Id, CabinetId Cabinet, long ExpiresUtcMs, byte[]? BoundSpki);

/// <summary>
/// What an enrolment reads and writes, all inside the caller's transaction: its tokens, and the rows of the register,
/// the credentials and the audit log that change with them. Not thread-safe.
/// </summary>
internal sealed class EnrolmentTokenStore(FleetConnection connection)
{
    /// <summary>The cabinet as it is in the register, or null.</summary>
    public CabinetModel? Cabinet(CabinetId cabinet) => FleetStore.Find(connection, cabinet);

    /// <summary>Keeps a token by its hash.</summary>
    public void Add(CabinetId cabinet, string token, string actor, long nowUtcMs, long expiresUtcMs) =>
        connection.Execute("""
            INSERT INTO enrolment_tokens (cabinet_id, token_sha256, made_by, made_utc_ms, expires_utc_ms)
            VALUES ($cabinet, $hash, $actor, $now, $expires)
            """,
            ("$cabinet", cabinet.Value), ("$hash", Secret.Hash(token)), ("$actor", actor), ("$now", nowUtcMs),
            ("$expires", expiresUtcMs));

    /// <summary>The row of a token, or null when it was never made here.</summary>
    public EnrolmentTokenRow? Find(string token) => connection.Query(
        "SELECT token_id, cabinet_id, expires_utc_ms, bound_spki FROM enrolment_tokens WHERE token_sha256 = $hash",
        row => new EnrolmentTokenRow(row.Long(0), CabinetId.Parse(row.Text(1)), row.Long(2),
            row.IsNull(3) ? null : row.Bytes(3).ToArray()),
        ("$hash", Secret.Hash(token))).SingleOrDefault();

    /// <summary>Binds a token to a key, and counts the redemption.</summary>
    public void Bind(long tokenId, byte[] spki, long nowUtcMs) => connection.Execute("""
        UPDATE enrolment_tokens SET bound_spki = $spki, bound_utc_ms = coalesce(bound_utc_ms, $now),
          redemptions = redemptions + 1
        WHERE token_id = $id
        """, ("$spki", spki), ("$now", nowUtcMs), ("$id", tokenId));

    /// <summary>Registers a key; false when it is another cabinet's.</summary>
    public bool AddKey(CabinetId cabinet, byte[] spki, long nowUtcMs) =>
        FleetStore.AddKey(connection, cabinet, spki, nowUtcMs);

    /// <summary>Sets a registered cabinet active.</summary>
    public void Activate(CabinetId cabinet, long nowUtcMs) =>
        FleetStore.SetLife(connection, cabinet, CabinetLife.Active, null, nowUtcMs);

    /// <summary>Issues a password for the broker; the cabinet's sessions may count anew, on another disk.</summary>
    public string IssuePassword(CabinetId cabinet, long nowUtcMs)
    {
        PresenceTable.Forget(connection, cabinet);
        return CabinetCredentials.Issue(connection, cabinet, nowUtcMs);
    }

    /// <summary>Ends all passwords and all tokens of a cabinet; says how many tokens.</summary>
    public long Revoke(CabinetId cabinet, long nowUtcMs)
    {
        CabinetCredentials.Revoke(connection, cabinet);
        return connection.Execute("""
            UPDATE enrolment_tokens SET expires_utc_ms = $now WHERE cabinet_id = $cabinet AND expires_utc_ms > $now
            """, ("$cabinet", cabinet.Value), ("$now", nowUtcMs));
    }

    /// <summary>Writes a row of the audit log.</summary>
    public void Audit(AuditEntry entry) => AuditLog.Write(connection, entry);
}
