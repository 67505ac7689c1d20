using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Agent.Enrolment;

/// <summary>
/// The cabinet's identity on disk, outside every journal file: <c>key.pem</c>, <c>enrolment.json</c> and, while an
/// enrolment is under way, <c>token.pending</c>; also <c>session</c>, numbers reserved for connections. Files are
/// written whole or not at all. Safe for several threads as far as the file system is.
/// </summary>
internal sealed class IdentityFolder(string path)
{
    private readonly string _keyPath = Path.Combine(path, "key.pem");
    private readonly string _recordPath = Path.Combine(path, "enrolment.json");
    private readonly string _pendingPath = Path.Combine(path, "token.pending");
    private readonly string _sessionPath = Path.Combine(path, "session");

    /// <summary>True when there is a key.</summary>
    public bool HasKey => File.Exists(_keyPath);

    /// <summary>
    /// The cabinet's key; made, fsynced and only then given out when there is none. The caller disposes it.
    /// </summary>
    /// <exception cref="CryptographicException">The key file holds no P-256 key.</exception>
    public MessageSigner OpenOrCreateKey()
    {
        if (SecretFile.Read(_keyPath) is { } pem)
        {
            return Import(Encoding.UTF8.GetString(pem));
        }

        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SecretFile.CreateFolder(path);
        SecretFile.Write(_keyPath, Encoding.UTF8.GetBytes(fresh.ExportPkcs8PrivateKeyPem()));
        return Import(Encoding.UTF8.GetString(SecretFile.Read(_keyPath)!));
    }

    /// <summary>What enrolment gave; null when this cabinet is not enrolled.</summary>
    /// <exception cref="InvalidDataException">The file is not what <see cref="Save"/> writes.</exception>
    public EnrolmentRecord? ReadRecord()
    {
        if (SecretFile.Read(_recordPath) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, EnrolmentJson.Default.EnrolmentRecord) is { } record
                && KioskFleet.Protocol.Identity.CabinetId.TryParse(record.CabinetId, out _)
                ? record
                : throw new InvalidDataException($"{_recordPath} names no cabinet.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{_recordPath} is not JSON of an enrolment.", exception);
        }
    }

    /// <summary>Stores what enrolment gave, then forgets the pending token.</summary>
    public void Save(EnrolmentRecord record)
    {
        SecretFile.CreateFolder(path);
        SecretFile.Write(_recordPath,
            JsonSerializer.SerializeToUtf8Bytes(record, EnrolmentJson.Default.EnrolmentRecord));
        ForgetPending();
    }

    /// <summary>A token whose enrolment has begun and has not ended; null when there is none.</summary>
    public PendingToken? ReadPending()
    {
        if (SecretFile.Read(_pendingPath) is not { } bytes)
        {
            return null;
        }

        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        return new PendingToken(lines[0], lines is [_, { Length: > 0 } cabinet, ..] ? cabinet : null);
    }

    /// <summary>Stores a token before it is shown to the service.</summary>
    public void SavePending(PendingToken pending)
    {
        SecretFile.CreateFolder(path);
        SecretFile.Write(_pendingPath, Encoding.UTF8.GetBytes($"{pending.Token}\n{pending.CabinetId}\n"));
    }

    /// <summary>The number of the last session; 0 when none was kept, or what was kept is no number.</summary>
    public ulong ReadSession() =>
        SecretFile.Read(_sessionPath) is { } bytes
        && ulong.TryParse(Encoding.UTF8.GetString(bytes), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : 0;

    /// <summary>Keeps the number of a session before it begins.</summary>
    public void SaveSession(ulong number)
    {
        SecretFile.CreateFolder(path);
        SecretFile.Write(
            _sessionPath, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Forgets the pending token.</summary>
    public void ForgetPending() => SecretFile.Remove(_pendingPath);

    private static MessageSigner Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new MessageSigner(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException("The key file holds no private key on NIST P-256.", exception);
        }
    }
}

/// <summary>A token whose enrolment is under way.</summary>
/// <param name="Token">The token.</param>
/// <param name="CabinetId">The wanted cabinet id, or null.</param>
internal sealed record PendingToken(string Token, string? CabinetId);
